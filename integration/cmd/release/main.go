// Command release makes a release of the repository that it runs in: see package
// [github.com/yolambda/yolambda/integration/release].
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/yolambda/yolambda/integration/release"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	version := flags.String("version", "", "the version, such as v1.2.3")
	root := flags.String("root", ".", "the repository")
	formula := flags.String("formula", "", "make nothing, but print Homebrew's formula of the archives in this folder")
	proxy := flags.String("proxy", "", "make nothing, but write a release that there is into this folder, laid out as a module proxy")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *formula != "" {
		return release.WriteFormula(out, *version, *formula)
	}
	if *proxy != "" {
		return release.WriteProxy(ctx, *root, *version, *proxy)
	}
	tags, err := release.Make(ctx, *root, *version, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s is committed and tagged, here only. Publish it, all at once:\n\n  git push --atomic origin HEAD %s\n",
		*version, strings.Join(tags, " "))
	return err
}
