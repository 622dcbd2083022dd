package embedded

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// identity is who runs the server: ourselves, or, since PostgreSQL refuses to
// run as root, an unprivileged user, or root under another number.
type identity struct {
	name      string
	uid, gid  int
	drop      bool // become uid and gid
	namespace bool // stay root outside, be somebody else inside
}

// chooseIdentity tries, as root, the users postgres and nobody, who must be
// able to reach both the binaries and the directory, and then a user
// namespace, which works under directories closed to all but root.
func chooseIdentity(bin binaries, parent string) (identity, error) {
	self := identity{name: "the current user", uid: os.Geteuid(), gid: os.Getegid()}
	if self.uid != 0 {
		return self, nil
	}
	var refusals []any
	for _, name := range []string{"postgres", "nobody"} {
		who, err := unprivileged(name)
		if err == nil {
			err = who.reaches(bin, parent)
		}
		if err == nil {
			return who, nil
		}
		refusals = append(refusals, err)
	}
	who := identity{name: "root in a user namespace", namespace: true}
	err := who.reaches(bin, parent)
	if err == nil {
		return who, nil
	}
	return identity{}, fmt.Errorf("PostgreSQL refuses to run as root, and no other way is open "+
		"(as postgres: %v; as nobody: %v; in a user namespace: %w): "+
		"run as an ordinary user, or set ONEID_DATABASE_URL to use a server of your own",
		append(refusals, err)...)
}

func unprivileged(name string) (identity, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return identity{}, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return identity{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return identity{}, err
	}
	return identity{name: name, uid: uid, gid: gid, drop: true}, nil
}

// reaches runs the program from the directory as that user, which is the one
// test that knows all the rules.
func (who identity) reaches(bin binaries, parent string) error {
	cmd := exec.Command(bin.path("postgres"), "--version")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = parent, childEnv(), who.attr(syscall.SIGKILL)
	return cmd.Run()
}

// own gives a tree to whoever runs the server. It looks at the top only to
// decide, since the whole tree always has one owner.
func (who identity) own(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("owner of %s: %w", dir, err)
	}
	if int(info.Sys().(*syscall.Stat_t).Uid) == who.uid {
		return nil
	}
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, who.uid, who.gid)
	})
	if err != nil {
		return fmt.Errorf("owner of %s: %w", dir, err)
	}
	return nil
}
