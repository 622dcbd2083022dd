package main

import (
	"fmt"
	"runtime"
)

type versionCommand struct{}

// Run prints the version and what it was built with.
func (versionCommand) Run() error {
	_, err := fmt.Println(version, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	return err
}
