package supervise

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Child is a running process whose output we pass on, line by line, each with
// a prefix.
type Child struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // set before done is closed
}

// StartChild runs a program until it ends or is stopped. Should we die first,
// it is told to end.
func StartChild(prefix string, out io.Writer, environ []string, program string, args ...string) (*Child, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = environ
	cmd.SysProcAttr = apart()
	lines := &prefixed{prefix: prefix, out: out}
	cmd.Stdout, cmd.Stderr = lines, lines
	c := &Child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// The signal at our death is bound to the thread that starts the child.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		c.err = cmd.Wait()
		lines.flush()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return c, nil
}

// Done is closed when the process has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Err tells how the process ended; only after Done.
func (c *Child) Err() error { return c.err }

// Stop asks the process to end and waits. After the patience it is killed,
// which is an error.
func (c *Child) Stop(patience time.Duration) error {
	select {
	case <-c.done:
		return nil
	default:
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
	}
	c.cmd.Process.Kill()
	<-c.done
	return errors.New("it did not end in time and was killed")
}

// prefixed writes whole lines, each after a prefix.
type prefixed struct {
	prefix string
	out    io.Writer
	mu     sync.Mutex
	rest   []byte
}

func (p *prefixed) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest = append(p.rest, data...)
	for {
		end := bytes.IndexByte(p.rest, '\n')
		if end < 0 {
			return len(data), nil
		}
		fmt.Fprintf(p.out, "%s%s\n", p.prefix, p.rest[:end])
		p.rest = p.rest[end+1:]
	}
}

func (p *prefixed) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rest) > 0 {
		fmt.Fprintf(p.out, "%s%s\n", p.prefix, p.rest)
		p.rest = nil
	}
}
