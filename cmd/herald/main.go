package main

import (
	"context"
	"os"
	_ "time/tzdata" // for machines that have no time zones of their own

	"github.com/taskherald/herald/cmd/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), cli.Process{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Size: cli.TerminalSize,
	}))
}
