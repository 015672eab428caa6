package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// childVariable holds a job as JSON, and makes this program the process that does it.
const childVariable = "XUSHI_BENCH_CHILD"

// job is what a child process is to do.
type job struct {
	Kind       string    // one of jobs
	Dir        string    // of the NATS server's data
	NATS       string    // URL
	Store      string    // DSN
	Partitions int       // of the log
	Last       uint64    // sequence of the last message to read
	Marks      []uint64  // sequences on the way there, ascending
	Events     int       // how many to publish
	Plan       string    // whose letters to write
	Weeks      []int     // of 2024, whose letters to write
	Profile    string    // file for a CPU profile; "": none
	Began      time.Time // of the whole run
}

// result is what a child found: one line of JSON on its standard output.
type result struct {
	NATS    string    // URL of the server that was started
	Seconds float64   // from the first request to the last acknowledgement
	CPU     float64   // seconds that the process was computing in that time
	PeakMB  float64   // greatest resident memory of the process
	Passed  []float64 // after how many seconds the marks were acknowledged
}

var jobs = map[string]func(context.Context, job) (result, error){
	"fetch":   fetch,
	"drain":   drain,
	"obvious": obvious,
	"publish": publish,
	"bare":    publishBare,
	"letters": writeLetters,
}

func jobOfChild() (j job, ok bool, err error) {
	text, ok := os.LookupEnv(childVariable)
	if !ok {
		return j, false, nil
	}
	err = json.Unmarshal([]byte(text), &j)
	began = j.Began
	return j, true, err
}

func (j job) run(ctx context.Context) error {
	switch j.Kind {
	case serving:
		return serveNATS(ctx, j)
	case ingesting:
		return keepIngesting(ctx, j)
	}
	do, ok := jobs[j.Kind]
	if !ok {
		return fmt.Errorf("unknown job %q", j.Kind)
	}
	r, err := do(ctx, j)
	if err != nil {
		return err
	}
	return tell(r)
}

func tell(r result) error { return json.NewEncoder(os.Stdout).Encode(r) }

// child is a running child process; closing its standard input asks it to end.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	first result
}

// start runs the job and waits for its result.
func start(ctx context.Context, j job) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	j.Began = began
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self)}
	c.cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &c.first)
	}
	if err != nil {
		return nil, fmt.Errorf("%s process: %w", j.Kind, errors.Join(err, c.end()))
	}
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

func (c *child) end() error {
	_ = c.stdin.Close() // it may have ended already
	return c.cmd.Wait()
}

// patience is for the slowest machine; a job that takes longer hangs.
const patience = 10 * time.Minute

// do runs a job that ends by itself.
func do(ctx context.Context, j job) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := start(ctx, j)
	if err != nil {
		return result{}, err
	}
	return c.first, c.end()
}
