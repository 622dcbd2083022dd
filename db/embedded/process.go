package embedded

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a child that ends when we do.
type process struct {
	cmd  *exec.Cmd
	pid  int
	done chan struct{} // closed when the child has ended
	err  error         // how it ended; read after done
}

// start runs cmd from a thread that lives exactly as long as the child: the
// kernel sends the death signal when the *thread* that started it ends.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	return p, nil
}

// end asks for the fast shutdown, which does not wait for clients as the
// gentle one does, then for the immediate one, and kills at last.
func (p *process) end() error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, fastStop}, {syscall.SIGQUIT, hardStop}, {syscall.SIGKILL, hardStop}} {
		select {
		case <-p.done:
			return nil
		default:
			_ = p.cmd.Process.Signal(step.signal) // it may have ended meanwhile
		}
		select {
		case <-p.done:
			return nil
		case <-time.After(step.wait):
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) does not end", p.pid)
}
