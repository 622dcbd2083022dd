// Package convoy does the same thing for many at once. Who comes while it is
// being done waits, and all who wait go together the next time: one exchange with
// the database instead of one each, and one wait for its disk. Nobody waits when
// nobody is before them.
package convoy
