package embedded

import "syscall"

// insideID is what root is called inside the namespace: any number but 0.
const insideID = 1000

// attr makes a child of this identity that gets the signal when we die. It
// leads its own process group, so that Ctrl-C in a terminal reaches us first.
func (who identity) attr(onDeath syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onDeath}
	if who.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid)}
	}
	if who.namespace {
		attr.Cloneflags = syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: insideID, HostID: 0, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: insideID, HostID: 0, Size: 1}}
	}
	return attr
}
