package engine

import (
	"errors"
	"io"

	"github.com/ClickHouse/ch-go/proto"
	chproto "github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// bridges tells whether a result in this format must go through bridgeNative.
func (req *request) bridges(format string) bool { return format == "Native" && req.revision > 0 }

// bridgeNative copies Native blocks from r to w at the protocol revision that the
// client asked for with client_protocol_version. libchdb writes Native at revision
// 0; from some revision on, a block starts with its block info and each column says
// whether its serialization is a custom one.
func bridgeNative(w io.Writer, r io.Reader, revision uint64) error {
	reader, buffer := proto.NewReader(r), new(proto.Buffer)
	for {
		block := chproto.NewBlock()
		if err := block.Decode(reader, 0); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		buffer.Reset()
		if err := encodeBlock(buffer, block, revision); err != nil {
			return err
		}
		if _, err := w.Write(buffer.Buf); err != nil {
			return err
		}
	}
}

// encodeBlock is block.Encode, but for a block without rows: there ClickHouse
// writes names and types only, and block.Encode would add state prefixes that no
// reader expects.
func encodeBlock(buffer *proto.Buffer, block *chproto.Block, revision uint64) error {
	if block.Rows() > 0 {
		return block.Encode(buffer, revision)
	}
	if err := block.EncodeHeader(buffer, revision); err != nil {
		return err
	}
	for _, c := range block.Columns {
		buffer.PutString(c.Name())
		buffer.PutString(string(c.Type()))
		if revision >= chproto.DBMS_MIN_REVISION_WITH_CUSTOM_SERIALIZATION {
			buffer.PutBool(false)
		}
	}
	return nil
}
