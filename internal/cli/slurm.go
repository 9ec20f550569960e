package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/sweep/store"
)

// defaultTasks is how many tasks a job array has where nobody says.
const defaultTasks = 8

// arrayScript is what each task of the job array runs: its share of the points,
// into a file of its own, since several machines cannot be trusted to lock one file
// on the file system that they share.
const arrayScript = `#!/bin/sh
#SBATCH --job-name=%s
#SBATCH --array=1-%d
#SBATCH --chdir=%s
#SBATCH --output=%s
# Time, memory, partition: the variables SBATCH_TIMELIMIT, SBATCH_MEM_PER_CPU,
# SBATCH_PARTITION and so on, or lines like those above.
exec %s sweep %s -o %s --share "$SLURM_ARRAY_TASK_ID/%d" --workers "${SLURM_CPUS_PER_TASK:-1}"
`

// mergeScript runs when all tasks have ended, however they did.
const mergeScript = `#!/bin/sh
#SBATCH --job-name=%s-merge
#SBATCH --chdir=%s
#SBATCH --output=%s
exec %s sweep %s -o %s --merge
`

// slurmJobs is what was submitted.
type slurmJobs struct {
	Sweep string `json:"sweep"`
	// Left are the points without a result, Tasks how many share all points.
	Left  int `json:"left"`
	Tasks int `json:"tasks"`
	// Array and Merge are numbers of jobs.
	Array string `json:"array"`
	Merge string `json:"merge"`
}

// submit writes the scripts of a Slurm job array and of the job that merges what
// its tasks found, and gives them to sbatch.
func (c *campaign) submit(ctx context.Context, w io.Writer, main *store.Store, points []int) error {
	todo, err := c.left(points, main)
	if err != nil {
		return err
	}
	if len(todo) == 0 {
		return c.summarise(w, points, 0, main)
	}
	tasks := min(c.tasks, len(points))
	array, merge, err := c.writeScripts(tasks)
	if err != nil {
		return err
	}
	jobs := slurmJobs{Sweep: c.sweep.Name, Left: len(todo), Tasks: tasks}
	byHand := fmt.Sprintf("both scripts are written: `sbatch --parsable %s` submits the tasks, `sbatch --dependency=afterany:JOB %s` what puts their results together, JOB being the number of the first", quoted(array), quoted(merge))
	if jobs.Array, err = sbatch(ctx, byHand, array); err != nil {
		return err
	}
	after := "--dependency=afterany:" + jobs.Array
	byHand = fmt.Sprintf("the tasks are submitted as job %s: `sbatch %s %s` submits what puts their results together", jobs.Array, after, quoted(merge))
	if jobs.Merge, err = sbatch(ctx, byHand, after, merge); err != nil {
		return err
	}
	if c.json {
		return printJSON(w, jobs)
	}
	fmt.Fprintf(w, "%s: job %s, %s for %s; job %s puts the results into %s\n", jobs.Sweep, jobs.Array,
		diag.Plural(jobs.Tasks, "task"), diag.Plural(jobs.Left, "point"), jobs.Merge, c.results)
	return nil
}

// writeScripts writes both scripts beside the shares.
func (c *campaign) writeScripts(tasks int) (array, merge string, err error) {
	dir, err := filepath.Abs(c.partsDir())
	if err != nil {
		return "", "", fmt.Errorf("find the folder of shares: %w", err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", "", fmt.Errorf("make the folder of shares: %w", err)
	}
	weft, err := os.Executable()
	if err != nil {
		return "", "", fmt.Errorf("find this program: %w", err)
	}
	here, err := os.Getwd()
	if err != nil {
		return "", "", fmt.Errorf("find this folder: %w", err)
	}
	name := jobName.ReplaceAllString(c.sweep.Name, "_")
	logs := func(file string) string { // in which % is a pattern's
		return quoted(filepath.Join(strings.ReplaceAll(dir, "%", "%%"), file))
	}
	command := []any{quoted(weft), quoted(c.file), quoted(c.results)}
	array, merge = filepath.Join(dir, "array.sh"), filepath.Join(dir, "merge.sh")
	err = errors.Join(
		writeScript(array, fmt.Sprintf(arrayScript, append(append([]any{name, tasks, quoted(here), logs("task-%a.log")}, command...), tasks)...)),
		writeScript(merge, fmt.Sprintf(mergeScript, append([]any{name, quoted(here), logs("merge.log")}, command...)...)),
	)
	return array, merge, err
}

// jobName matches what is left out of the names of jobs.
var jobName = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// quoted quotes text for a shell, and for sbatch, which reads its lines likewise.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func writeScript(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		return fmt.Errorf("write the script: %w", err)
	}
	return nil
}

// sbatch submits a script and returns the number of the job; byHand says what to do
// where that fails.
func sbatch(ctx context.Context, byHand string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "sbatch", append([]string{"--parsable"}, args...)...).Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", diag.One(diag.Pos{File: "sbatch"}, diag.MissingFile, "there is no such program in $PATH; %s", byHand)
	}
	if err != nil {
		said := err.Error()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && len(exit.Stderr) > 0 {
			said = strings.TrimSpace(string(exit.Stderr))
		}
		return "", fmt.Errorf("sbatch did not take %s: %s; %s", args[len(args)-1], said, byHand)
	}
	job, _, _ := strings.Cut(strings.TrimSpace(string(out)), ";") // job;cluster
	return job, nil
}
