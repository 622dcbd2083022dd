// Package layout is the page around every screen.
//
// Shell draws a whole document: skip link, header with Help, language and
// account, the frame that the ui.Page asks for, footer. Partial draws what
// htmx puts into a document already shown: the title, the inside of <main>, and
// out of band the few parts of the shell that depend on the page. Both draw the
// frame with the same component, so they cannot drift apart.
//
// What is not the screen's own comes from the context: the language and the
// catalogue (i18n.With), who is signed in (WithViewer), and what the request
// and the deployment say (WithFrame). Nothing here reads a database.
//
// The page works without script. Scripts are external modules from package
// static; the texts they need stand in data attributes of <body>.
package layout
