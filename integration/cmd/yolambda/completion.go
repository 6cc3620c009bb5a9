package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (completionCommand) Help() string {
	return `Examples:

  yolambda completion bash > ~/.local/share/bash-completion/completions/yolambda
  yolambda completion zsh > ~/.zfunc/_yolambda      # a folder of $fpath
  yolambda completion fish > ~/.config/fish/completions/yolambda.fish`
}

// Run prints the script, which is made of the very flags that the program has.
func (c *completionCommand) Run(std *streams, k *kong.Kong) error {
	write := map[string]func(*kong.Application) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[c.Shell]
	if _, err := fmt.Fprint(std.out, write(k.Model)); err != nil {
		return fmt.Errorf("print completion: %w", err)
	}
	return nil
}

// visible are a command's flags that are told, --help among them.
func visible(node *kong.Node) (flags []*kong.Flag) {
	for _, group := range node.AllFlags(true) {
		flags = append(flags, group...)
	}
	return flags
}

// choices are the values of a flag or an argument that has few.
func choices(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return v.EnumSlice()
}

func bashCompletion(app *kong.Application) string {
	var commands []string
	var values, flags strings.Builder
	for _, node := range app.Children {
		commands = append(commands, node.Name)
		var names []string
		for _, f := range visible(node) {
			names = append(names, "--"+f.Name)
			if list := choices(f.Value); list != nil {
				fmt.Fprintf(&values, "    '%s --%s') words='%s' ;;\n", node.Name, f.Name, strings.Join(list, " "))
			}
		}
		fmt.Fprintf(&flags, "      %s) words='%s' ;;\n", node.Name, strings.Join(names, " "))
		for _, arg := range node.Positional {
			if list := choices(arg); list != nil {
				fmt.Fprintf(&values, "    '%s %s') words='%s' ;;\n", node.Name, node.Name, strings.Join(list, " "))
			}
		}
	}
	return fmt.Sprintf(`# bash completion of yolambda
_yolambda() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words=
  COMPREPLY=()
  if [[ $COMP_CWORD == 1 ]]; then
    COMPREPLY=($(compgen -W '%s' -- "$current"))
    return
  fi
  case "$command $before" in
%s  esac
  if [[ -z $words && $current == -* ]]; then
    case $command in
%s    esac
  fi
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _yolambda yolambda
`, strings.Join(commands, " "), values.String(), flags.String())
}

func zshCompletion(app *kong.Application) string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	help := func(s string) string { return strings.NewReplacer("[", "(", "]", ")", ":", `\:`, "`", "").Replace(s) }
	var commands, specs strings.Builder
	for _, node := range app.Children {
		fmt.Fprintf(&commands, "    %s\n", quote(node.Name+":"+node.Help))
		fmt.Fprintf(&specs, "    %s)\n      _arguments", node.Name)
		for _, f := range visible(node) {
			spec := "--" + f.Name + "[" + help(f.Help) + "]"
			switch list := choices(f.Value); {
			case list != nil:
				spec += ":" + f.Name + ":(" + strings.Join(list, " ") + ")"
			case !f.IsBool() && !f.IsCounter():
				spec += ":" + f.Name + ":_files"
			}
			fmt.Fprintf(&specs, " \\\n        %s", quote(spec))
		}
		for _, arg := range node.Positional {
			spec := "*:" + arg.Name + ":_files"
			if list := choices(arg); list != nil {
				spec = "*:" + arg.Name + ":(" + strings.Join(list, " ") + ")"
			}
			fmt.Fprintf(&specs, " \\\n        %s", quote(spec))
		}
		specs.WriteString("\n      ;;\n")
	}
	return fmt.Sprintf(`#compdef yolambda
_yolambda() {
  local -a commands=(
%s  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
%s  esac
}
if [[ $funcstack[1] == _yolambda ]]; then
  _yolambda "$@"
else
  compdef _yolambda yolambda
fi
`, commands.String(), specs.String())
}

func fishCompletion(app *kong.Application) string {
	quote := func(s string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
	}
	var b strings.Builder
	b.WriteString("# fish completion of yolambda\n")
	for _, node := range app.Children {
		fmt.Fprintf(&b, "complete -c yolambda -n __fish_use_subcommand -f -a %s -d %s\n", node.Name, quote(node.Help))
		in := quote("__fish_seen_subcommand_from " + node.Name)
		for _, f := range visible(node) {
			fmt.Fprintf(&b, "complete -c yolambda -n %s -l %s", in, f.Name)
			if f.Short != 0 {
				fmt.Fprintf(&b, " -s %c", f.Short)
			}
			if list := choices(f.Value); list != nil {
				fmt.Fprintf(&b, " -x -a %s", quote(strings.Join(list, " ")))
			} else if !f.IsBool() && !f.IsCounter() {
				b.WriteString(" -r")
			}
			fmt.Fprintf(&b, " -d %s\n", quote(f.Help))
		}
		for _, arg := range node.Positional {
			if list := choices(arg); list != nil {
				fmt.Fprintf(&b, "complete -c yolambda -n %s -f -a %s\n", in, quote(strings.Join(list, " ")))
			}
		}
	}
	return b.String()
}
