package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/schema/store"
)

// obvious is the loop that one writes first: Messages → encoding/json → a columnar batch of 20,000 →
// DoubleAck. It admits everything, refuses nothing and outlasts nothing.
func obvious(ctx context.Context, j job) (r result, err error) {
	js, hangUp, err := connect(j.NATS)
	if err != nil {
		return r, err
	}
	defer hangUp()
	conn, err := store.Open(ctx, j.Store)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	w, err := startWatch()
	if err != nil {
		return r, err
	}
	consumer, err := js.CreateConsumer(ctx, schema.ProgressStream, readerConfig(obviousConsumer))
	if err != nil {
		return r, err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(ackEvery))
	if err != nil {
		return r, err
	}
	defer messages.Stop()
	var batch obviousBatch
	for read := uint64(0); read < j.Last; {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return r, err
		}
		if err := batch.add(m); err != nil {
			return r, err
		}
		if read++; len(batch.ids) == ackEvery || read == j.Last {
			if err := batch.insert(ctx, conn); err != nil {
				return r, err
			}
			if err := m.DoubleAck(ctx); err != nil {
				return r, err
			}
			batch = obviousBatch{}
		}
	}
	return w.stop()
}

// envelope is an event as somebody without our packages reads and writes it.
type envelope struct {
	SpecVersion string      `json:"specversion"`
	ID          string      `json:"id"`
	Source      string      `json:"source"`
	Type        schema.Type `json:"type"`
	Time        time.Time   `json:"time"`
	ContentType string      `json:"datacontenttype"`
	Plan        string      `json:"plan"`
	Department  string      `json:"department"`
	Data        schema.Data `json:"data"`
}

type obviousBatch struct {
	plans, departments, sources, types, ids, hashes, commitments, measures, items, modes, reported, units, stages, notes []string
	positions                                                                                                            []uint64
	occurred, received                                                                                                   []time.Time
	values                                                                                                               []*decimal.Decimal
	evidence                                                                                                             [][]string
}

func (b *obviousBatch) add(m jetstream.Msg) error {
	var e envelope
	if err := json.Unmarshal(m.Data(), &e); err != nil {
		return err
	}
	meta, err := m.Metadata()
	if err != nil {
		return err
	}
	var value *decimal.Decimal
	if e.Data.Value != "" {
		d, err := decimal.NewFromString(e.Data.Value)
		if err != nil {
			return err
		}
		value = &d
	}
	hash := sha256.Sum256(m.Data())
	b.plans, b.departments = append(b.plans, e.Plan), append(b.departments, e.Department)
	b.sources, b.types = append(b.sources, e.Source), append(b.types, string(e.Type))
	b.ids, b.hashes = append(b.ids, e.ID), append(b.hashes, string(hash[:16]))
	b.commitments, b.measures = append(b.commitments, e.Data.Commitment), append(b.measures, e.Data.Measure)
	b.items, b.modes = append(b.items, e.Data.Item), append(b.modes, string(e.Data.Mode))
	b.reported, b.units = append(b.reported, e.Data.Value), append(b.units, e.Data.Unit)
	b.stages, b.notes = append(b.stages, e.Data.Stage), append(b.notes, e.Data.Note)
	b.positions = append(b.positions, meta.Sequence.Stream<<16)
	b.occurred, b.received = append(b.occurred, e.Time), append(b.received, meta.Timestamp)
	b.values, b.evidence = append(b.values, value), append(b.evidence, e.Data.Evidence)
	return nil
}

func (b *obviousBatch) insert(ctx context.Context, conn driver.Conn) error {
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO events (plan, department, source, type, id, content_hash, position, occurred_at, received_at, "+
		"commitment, measure, item, mode, value, reported_value, unit, stage, evidence, note)")
	if err != nil {
		return err
	}
	defer func() { _ = batch.Close() }() // what counts is what Send says
	for i, values := range []any{
		b.plans, b.departments, b.sources, b.types, b.ids, b.hashes, b.positions, b.occurred, b.received,
		b.commitments, b.measures, b.items, b.modes, b.values, b.reported, b.units, b.stages, b.evidence, b.notes,
	} {
		if err := batch.Column(i).Append(values); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	return batch.Send()
}
