// Package register holds the screens of the registration wizard.
//
// Every step's screen is the same in three things, so that none can drift: its
// heading (Heading), its form (Form, which carries what tells two tabs apart)
// and its ways out (Ways). What surrounds them (caption, progress list, back
// link, help) is put around by Framed. A screen knows its model and nothing of
// drafts or databases.
package register
