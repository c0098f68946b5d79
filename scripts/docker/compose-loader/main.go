// Loads a compose file as Docker Compose does, for one profile, and prints the normalised project as JSON.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func load(profile string, file string) ([]byte, error) {
	options, err := cli.NewProjectOptions(
		[]string{file},
		// The project's name is the file's own. An environment beside SHELFMATCH_* must not change what is checked.
		cli.WithOsEnv,
		cli.WithProfiles([]string{profile}),
		cli.WithInterpolation(true),
		cli.WithResolvedPaths(true),
		cli.WithNormalization(true),
		cli.WithConsistency(true),
	)
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	return project.MarshalJSON()
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: compose-loader PROFILE FILE")
		os.Exit(2)
	}
	text, err := load(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(text))
}
