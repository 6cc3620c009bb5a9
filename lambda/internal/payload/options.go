package payload

import (
	"maps"
	"net/url"
	"slices"

	"github.com/yolambda/yolambda/lambda/api"
)

// setOptions reads the options of a query string or a form. A name that is
// given more than once stands for a list. The order is fixed so that the same
// request always gets the same answer.
func setOptions(req *api.Request, values url.Values) error {
	given := aliases{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := given.add(name); err != nil {
			return err
		}
		var v any = values[name][0]
		if len(values[name]) > 1 {
			list := make([]any, len(values[name]))
			for i, s := range values[name] {
				list[i] = s
			}
			v = list
		}
		if err := req.Options.Set(name, v); err != nil {
			return err
		}
	}
	return nil
}

// aliases are the options given in one place, by their names, and under which of
// their aliases.
type aliases map[string]string

// add refuses an option that was given under another of its aliases too.
func (a aliases) add(alias string) error {
	name := api.OptionName(alias)
	if other, ok := a[name]; ok {
		return api.Errorf(api.InvalidRequest, "option %s is given twice, as %s and as %s", name, other, alias)
	}
	a[name] = alias
	return nil
}
