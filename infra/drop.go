package main

import (
	"fmt"
	"os/exec"
)

// checkDrops has cmd/drops of the module integration, which asks AWS, compare the deployed
// stack with the template that is about to take its place. Its error says what would be lost.
func checkDrops(stack, template string) error {
	command := exec.Command("go", "run", "./integration/cmd/drops", "-stack", stack, template)
	said, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s", said)
	}
	fmt.Print(string(said))
	return nil
}
