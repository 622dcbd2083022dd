//go:build !linux

package embedded

import "syscall"

// attr makes a child of this identity. No death signal exists here: a killed
// parent leaves the server, which the next start waits for and ends.
func (who identity) attr(syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if who.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid)}
	}
	return attr
}
