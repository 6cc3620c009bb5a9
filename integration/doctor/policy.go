package doctor

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// policy is that of a resource: who may do what with it.
type policy struct {
	Statement []struct {
		Effect    string
		Principal principals
		Action    oneOrMore
	}
}

// allows reports whether a statement lets a principal of the kind, AWS or Service, do the action. What
// conditions say is not looked at.
func (p policy) allows(kind, principal, action string) bool {
	for _, s := range p.Statement {
		who := s.Principal[kind]
		if s.Effect != "Allow" || !slices.Contains(who, principal) && !slices.Contains(who, "*") {
			continue
		}
		if slices.ContainsFunc(s.Action, func(pattern string) bool {
			matches, err := path.Match(strings.ToLower(pattern), strings.ToLower(action)) // as AWS compares them
			return matches && err == nil
		}) {
			return true
		}
	}
	return false
}

// principals are lists by their kind; * alone is everybody.
type principals map[string]oneOrMore

func (p *principals) UnmarshalJSON(text []byte) error {
	if string(text) == `"*"` {
		*p = principals{"AWS": {"*"}}
		return nil
	}
	return json.Unmarshal(text, (*map[string]oneOrMore)(p))
}

// oneOrMore is a list of texts, or one of them by itself.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	if text[0] == '[' {
		return json.Unmarshal(text, (*[]string)(o))
	}
	*o = make(oneOrMore, 1)
	return json.Unmarshal(text, &(*o)[0])
}
