// Command yolambda calls a YOLambda function, deployed or on this machine.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/yolambda/yolambda/integration/terminal"
)

// cli is the whole command line; each command is a type in the file of its name.
type cli struct {
	Predict predictCommand `cmd:"" help:"Tell what the model sees in pictures."`
	Serve   serveCommand   `cmd:"" help:"Run the function on this machine, behind an emulated function URL."`
	Proxy   proxyCommand   `cmd:"" help:"Open the page for trying a deployed function; sign what it sends."`
	Invoke  invokeCommand  `cmd:"" help:"Send an event to the function as it is, without the function URL."`
	Bench   benchCommand   `cmd:"" help:"Measure the latency of the function."`
	Batch   batchCommand   `cmd:"" help:"Run all pictures under an S3 prefix through the function."`
	Plan    planCommand    `cmd:"" help:"Tell what a batch would take: hours, dollars, what limits it."`
	Doctor  doctorCommand  `cmd:"" help:"Check what a deployment needs, and a deployed function."`
	Version versionCommand `cmd:"" help:"Print the version, and those of ONNX Runtime and the models beside this program."`

	Completion completionCommand `cmd:"" help:"Print what completes the command line, for bash, zsh or fish."`
	Man        manCommand        `cmd:"" help:"Print the manual page."`

	AskVersion bool `name:"version" help:"The same."`
}

// streams are the program's three files.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// Exit statuses. A script can rely on them.
const (
	exitFailed = 1 // a picture failed, or the function can't be reached
	exitUsage  = 2 // the command line is wrong; nothing was done
)

// usageError is a mistake on the command line that Kong doesn't know of.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second one ends the program at once
	status := run(ctx, os.Args[1:], &streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string, std *streams) int {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("yolambda"),
		kong.Description("Detect objects with a YOLO model in AWS Lambda: pictures in, boxes out."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(std.out, std.err),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		fmt.Fprintf(std.err, "yolambda: %v\n", err)
		return exitFailed
	}
	if slices.Equal(args, []string{"--version"}) {
		args = []string{"version"} // Kong wants a command
	}
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	command, err := parser.Parse(args)
	if err == nil {
		err = command.Run()
	}
	var parse *kong.ParseError
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &parse), errors.As(err, &usage):
		if parse != nil {
			command = parse.Context
		}
		fmt.Fprintf(std.err, "yolambda: %s\nTry '%s --help'.\n", terminal.CleanLines(err.Error()), asked(command))
		return exitUsage
	default:
		fmt.Fprintf(std.err, "yolambda: %s\n", terminal.CleanLines(err.Error()))
		return exitFailed
	}
}

// asked is the command that was meant, as far as the command line says it.
func asked(command *kong.Context) string {
	if command != nil && command.Selected() != nil {
		return "yolambda " + command.Selected().Name
	}
	return "yolambda"
}
