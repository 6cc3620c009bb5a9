// Package doctor checks what a deployment needs on this machine and in the account, and
// a deployed stack. It changes nothing anywhere.
//
// A check is a function that gives one [Finding], with the way to mend what it found:
// those of this machine are in settings.go, tools.go and model.go, those that ask AWS in aws.go.
package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"path/filepath"
)

// Patient is what to look at.
type Patient struct {
	// Root is the project's folder.
	Root string
	// Models are the files of the models to deploy; none for those of the project.
	Models []string
	// ModelsOnly leaves out all but the models.
	ModelsOnly bool
	// Remember is a folder: a model with which the function of this machine answered is not run
	// again while both are the same. Empty: each is run.
	Remember string
	// Environment is a file of settings to check, environments/NAME.json; its models and its
	// architecture are looked at where no others are named. Empty for none.
	Environment string
	// Version is this program's, as git describes it; empty where it is unknown.
	Version string
	// Architecture is the function's CPU, arm64 or x86_64; empty for what the settings say,
	// or arm64.
	Architecture string
	// Stack is the name of a deployed stack, empty for none.
	Stack string

	own    own // what the settings name
	lookup func(ctx context.Context, host string) ([]string, error)
}

// Status is how a check came out.
type Status string

// The ways that a check comes out.
const (
	OK   Status = "ok"
	Warn Status = "warn" // works, or may work, but look at it
	Fail Status = "fail"
	Skip Status = "skip" // could not be checked
)

// Finding is what a check found.
type Finding struct {
	Check  string `json:"check"`
	Status Status `json:"status"`
	Detail string `json:"detail"`
	Mend   string `json:"mend,omitempty"` // what to do about it
}

func okf(format string, args ...any) Finding {
	return Finding{Status: OK, Detail: fmt.Sprintf(format, args...)}
}

func skipf(format string, args ...any) Finding {
	return Finding{Status: Skip, Detail: fmt.Sprintf(format, args...)}
}

func warn(mend, format string, args ...any) Finding {
	return Finding{Status: Warn, Detail: fmt.Sprintf(format, args...), Mend: mend}
}

func fail(mend, format string, args ...any) Finding {
	return Finding{Status: Fail, Detail: fmt.Sprintf(format, args...), Mend: mend}
}

// deployed are the models that the stack has unless others are named, as in
// infra/config.go.
var deployed = []string{"coco", "codes"}

// Examine makes the checks one after the other and shows each finding as soon as there
// is one. It ends early with the error of show.
func Examine(ctx context.Context, p Patient, show func(Finding) error) error {
	tell := func(check string, f Finding) error {
		f.Check = check
		return show(f)
	}
	if p.lookup == nil {
		p.lookup = net.DefaultResolver.LookupHost
	}
	if p.Environment != "" {
		if err := tell("settings", p.checkSettings(ctx)); err != nil {
			return err
		}
	}
	p.Architecture = cmp.Or(p.Architecture, "arm64")
	type check struct {
		name  string
		check func() Finding
	}
	var checks []check
	if !p.ModelsOnly {
		checks = []check{
			{"go", func() Finding { return checkGo(ctx) }},
			{"node", func() Finding { return checkNode(ctx) }},
			{"npm", func() Finding { return checkNPM(ctx, p.Root) }},
			{"compiler", func() Finding { return checkCompiler(ctx, p.Architecture) }},
			{"runtime", func() Finding { return checkRuntime(p.Root, p.Architecture) }},
		}
	}
	known := &memory{dir: p.Remember}
	for _, path := range p.Models {
		checks = append(checks, check{"model", func() Finding { return checkModel(ctx, p.Root, path, true, known) }})
	}
	if len(p.Models) == 0 {
		for _, name := range deployed {
			path := filepath.Join(p.Root, "layers", name, name+".onnx")
			checks = append(checks, check{"model", func() Finding { return checkModel(ctx, p.Root, path, false, known) }})
		}
	}
	for _, c := range checks {
		if err := tell(c.name, c.check()); err != nil {
			return err
		}
	}
	if p.ModelsOnly {
		return nil
	}
	return checkAWS(ctx, p, tell)
}
