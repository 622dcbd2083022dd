package world

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// ticks is how finely the kernel tells processor time.
const ticks = 100

// process is what the kernel tells of one.
type process struct {
	pid, parent int
	name        string
	used        time.Duration // its own processor time, and that of children that ended
	resident    float64       // MiB
}

// processes lists the sandbox and all that it has started.
func (w *World) processes() ([]process, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := map[int]process{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended since
		}
		if p, ok := readProcess(string(text)); ok {
			all[p.pid] = p
		}
	}
	var ours []process
	for _, p := range all {
		for up, found := p, true; found; up, found = all[up.parent] {
			if up.pid == w.child.Process.Pid {
				ours = append(ours, p)
				break
			}
		}
	}
	return ours, nil
}

// readProcess reads a line of /proc/PID/stat (proc(5)). The name stands in
// brackets and may hold anything.
func readProcess(line string) (process, bool) {
	open, shut := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 1 || shut < open {
		return process{}, false
	}
	fields := strings.Fields(line[shut+1:]) // from the third on: state, parent, …
	if len(fields) < 22 {
		return process{}, false
	}
	number := func(field int) int {
		n, _ := strconv.Atoi(fields[field-3]) // the kernel writes numbers there
		return n
	}
	p := process{name: line[open+1 : shut], parent: number(4)}
	p.pid, _ = strconv.Atoi(strings.TrimSpace(line[:open]))
	p.used = time.Duration(number(16)+number(17)) * time.Second / ticks
	if own, err := ProcessTime(p.pid); err == nil {
		p.used += own
	} else {
		p.used += time.Duration(number(14)+number(15)) * time.Second / ticks
	}
	p.resident = float64(number(24)) * float64(os.Getpagesize()) / (1 << 20)
	return p, true
}

// ProcessTime is the processor time that a process has used, to the nanosecond:
// /proc tells it in hundredths of a second, which short measurements can't use.
func ProcessTime(pid int) (time.Duration, error) {
	// The kernel's clock of a process (clock_getcpuclockid(3)).
	const scheduler = 2
	var at syscall.Timespec
	clock := int32(^pid<<3 | scheduler)
	if _, _, fault := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&at)), 0); fault != 0 {
		return 0, fmt.Errorf("read processor time of %d: %w", pid, fault)
	}
	return time.Duration(at.Nano()), nil
}

// productName is the name of the product's process.
const productName = "oneid"

// Memory is how much memory the product's process holds now, in MiB.
func (w *World) Memory() (float64, error) {
	all, err := w.processes()
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		if p.name == productName {
			return p.resident, nil
		}
	}
	return 0, errors.New("the product's process was not found")
}

// Used is the processor time that the product has used so far, and its database.
func (w *World) Used() (product, database time.Duration, err error) {
	all, err := w.processes()
	if err != nil {
		return 0, 0, fmt.Errorf("read processor time: %w", err)
	}
	for _, p := range all {
		switch p.name {
		case productName:
			product += p.used
		case "postgres":
			database += p.used
		}
	}
	return product, database, nil
}
