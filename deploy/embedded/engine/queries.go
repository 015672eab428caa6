package engine

import (
	"context"
	"sync"
	"time"
)

// idSetting carries a request's query_id into the engine: libchdb gives every statement
// an id of its own and takes none from us, but it shows a session's settings in
// system.processes, and KILL QUERY can look for them. This setting is a text without
// any meaning here: it would name us to the servers of remote(), which is closed.
const idSetting = "chdb_client_name"

// idColumn is where system.processes shows the query_id of a running request.
const idColumn = "Settings['" + idSetting + "']"

const (
	killAgain   = 100 * time.Millisecond // a KILL that came before its statement began found nothing
	replaceWait = 5 * time.Second        // for the request that replace_running_query replaces
)

// runningQuery is one request that has entered and not left.
type runningQuery struct {
	cancel context.CancelFunc
	left   chan struct{} // closed when it has
}

// queries is the running requests by query_id. No two have the same.
type queries struct {
	mu   sync.Mutex
	byID map[string]*runningQuery
}

// enter takes the request's id for it. The context that it returns ends with ctx, with
// leave, and when another request replaces this one.
func (q *queries) enter(ctx context.Context, req *request) (_ context.Context, leave func(), err error) {
	wait, done := context.WithTimeout(ctx, replaceWait)
	defer done()
	own, cancel := context.WithCancel(ctx)
	mine := &runningQuery{cancel, make(chan struct{})}
	for other := q.take(req.queryID, mine); other != nil; other = q.take(req.queryID, mine) {
		if !req.replace || wait.Err() != nil {
			cancel()
			return nil, nil, refuse(codeQueryWithSameID, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", "Query with id = %s is already running", req.queryID)
		}
		other.cancel()
		select {
		case <-other.left:
		case <-wait.Done():
		}
	}
	return own, func() { cancel(); q.leave(req.queryID, mine) }, nil
}

// take gives the id to mine, or returns who has it.
func (q *queries) take(id string, mine *runningQuery) (other *runningQuery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if other := q.byID[id]; other != nil {
		return other
	}
	q.byID[id] = mine
	return nil
}

func (q *queries) leave(id string, mine *runningQuery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.byID, id)
	close(mine.left)
}

// killAtEnd makes the engine stop working for a request when ctx ends before the
// request does. The request calls stop when it is over; after that nothing is killed,
// so that the id may serve again.
func (s *server) killAtEnd(ctx context.Context, id string) (stop func()) {
	over, killed := make(chan struct{}), make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(killed)
		s.kill(id, over)
	})
	return func() {
		if !unwatch() {
			close(over)
			<-killed
		}
	}
}

// kill stops whatever the engine does for the id until over is closed. Where it cannot,
// there is nobody to tell: the statement then ends when it writes its result.
func (s *server) kill(id string, over <-chan struct{}) {
	c, err := s.open("")
	if err != nil {
		return
	}
	defer c.close()
	tick := time.NewTicker(killAgain)
	defer tick.Stop()
	for {
		_ = c.exec("KILL QUERY WHERE " + idColumn + " = " + quote(id, '\'') + " ASYNC")
		select {
		case <-over:
			return
		case <-tick.C:
		}
	}
}
