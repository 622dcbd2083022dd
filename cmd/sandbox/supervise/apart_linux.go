package supervise

import "syscall"

// apart keeps a terminal's Ctrl-C away from the child, which is told to end
// when its turn has come, and ties its life to ours.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
