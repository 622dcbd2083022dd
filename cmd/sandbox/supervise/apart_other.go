//go:build !linux

package supervise

import "syscall"

// apart keeps a terminal's Ctrl-C away from the child, which is told to end
// when its turn has come.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
