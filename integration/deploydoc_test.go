package integration

import (
	"regexp"
	"strings"
	"testing"
)

// deployed says of the commands in docs/deploy.md, by how they begin, in which file a test
// runs them, and how that looks there.
var deployed = []struct{ command, file, runs string }{
	{"npm ci --ignore-scripts", ".github/workflows/ci.yml", `run: npm ci --ignore-scripts`},
	{"npx cdk bootstrap", "infra/deploytest/test_deploy.py", `self\.cdk\("bootstrap"`},
	{"npx cdk watch", "infra/deploytest/test_deploy.py", `"watch", "--no-logs"`},
	{"npx cdk deploy --hotswap", "infra/deploytest/test_deploy.py", `self\.cdk\("deploy", "--hotswap"`},
	{"npx cdk deploy", "infra/deploytest/test_deploy.py", `self\.cdk\("deploy"`},
	{"npx cdk diff", "infra/deploytest/test_deploy.py", `self\.cdk\("diff"`},
	{"npx cdk destroy", "infra/deploytest/test_deploy.py", `self\.cdk\("destroy"`},
	{"make deploy", "Makefile", `\$\(CDK\) deploy`},
	{"bin/yolambda batch", "infra/deploytest/test_deploy.py", `"bin/yolambda", "batch"`},
	{"bin/yolambda predict", "integration/cmd/yolambda/testdata/script/local.txtar", `yolambda predict --local`},
	{"aws iam attach-role-policy", "infra/deploytest/test_deploy.py", `attach_user_policy\(`},
	{"aws lambda list-versions-by-function", "infra/deploytest/test_deploy.py", `list_versions_by_function\(`},
	{"aws lambda update-alias", "infra/deploytest/test_deploy.py", `update_alias\(`},
	{"aws stepfunctions start-execution", "infra/deploytest/test_deploy.py", `"bin/yolambda", "batch"`},
}

// Every command of docs/deploy.md is run by a test, as it is or by the same call of the API,
// or says that it was not seen.
func TestDeployCommands(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(text(t, "docs/deploy.md"), -1)
	seen := map[string]bool{}
	for _, block := range blocks {
		for _, line := range strings.Split(strings.ReplaceAll(block[1], "\\\n", " "), "\n") {
			command, comment, _ := strings.Cut(line, "#")
			if strings.TrimSpace(command) == "" || strings.Contains(comment, "not seen") {
				continue
			}
			known := false
			for _, d := range deployed {
				if strings.HasPrefix(command, d.command) {
					known, seen[d.command] = true, true
					if !regexp.MustCompile(d.runs).MatchString(text(t, d.file)) {
						t.Errorf("%s: %s does not run it: no %s", d.command, d.file, d.runs)
					}
				}
			}
			if !known {
				t.Errorf("docs/deploy.md: no test runs %q; let one, or mark it with # not seen", strings.TrimSpace(command))
			}
		}
	}
	if len(seen) < 8 {
		t.Errorf("only %d commands were found in docs/deploy.md", len(seen))
	}
}
