// Package convoy does the same thing for many at once. Who comes while it is
// being done waits, and all who wait go together the next time: one exchange with
// the database instead of one each, and one wait for its disk. Those who are known
// to be on their way are waited for a little. Nobody waits when nobody is before
// them or on the way.
package convoy
