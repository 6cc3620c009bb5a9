package main

import (
	"fmt"
	"runtime"
)

// version is set by the build: -ldflags "-X main.version=v1.2.3".
var version = "development"

type versionCommand struct{}

func (versionCommand) Run(std *streams) error {
	_, err := fmt.Fprintf(std.out, "yolambda %s %s/%s %s\n", version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}
