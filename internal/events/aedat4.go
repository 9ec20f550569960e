package events

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/weft-toolchain/weft/internal/diag"
)

// aedat4 reads AEDAT4, as iniVation's DV records it:
//
//	"#!AER-DAT4.0\r\n"
//	u32 bytes of the header, the header: a flatbuffer IOHE: i32 compression, i64 place
//	    of the table of packets (-1: none), text of XML that describes the streams
//	packets: i32 stream, i32 bytes, these, compressed: u32, a flatbuffer
//	the table of packets, compressed: u32 bytes, these, which are not needed to read from
//	    the beginning to the end
//
// Packets of events are EVTS, a vector of elements of 16 bytes: i64 time (µs), i16 x,
// i16 y, u8 on, and 3 bytes more. The packets of other streams are passed over.
type aedat4 struct {
	src    *source
	unpack unpacker
	// end is where the packets end and their table begins, or -1: with the file.
	end int64
	// stream is the one of events.
	stream int64
	// left is how many more bytes packets may unpack to.
	left int64

	// events are those of the packet at byte packet that are still to come, of which
	// n were read.
	events []byte
	packet int64
	n      int
}

const (
	aedat4Magic = "#!AER-DAT4.0\r\n"
	aedat4Event = 16
	// maxPacket is the most that a packet unpacks to, 4 million events.
	maxPacket = 1 << 26
)

func newAEDAT4(r *Reader) (decoder, error) {
	s := r.src
	var magic [len(aedat4Magic)]byte
	if err := s.must(magic[:], "its first line"); err != nil {
		return nil, err
	}
	if string(magic[:]) != aedat4Magic {
		text := fmt.Sprintf("begins with %q, want %q", magic, aedat4Magic)
		if strings.HasPrefix(string(magic[:]), "#!AER-DAT") {
			return nil, s.fail(diag.Unsupported, "%s; older versions are not read, DV converts them", text)
		}
		return nil, s.fail(diag.BadFile, "%s", text)
	}
	// The clock is that of the camera, or of the world.
	r.fromFirst = true
	d := &aedat4{src: s, left: MaxBytes}
	at := s.at
	var size [4]byte
	if err := s.must(size[:], "its header"); err != nil {
		return nil, err
	}
	head, err := s.take(int64(binary.LittleEndian.Uint32(size[:])), fmt.Sprintf("its header, which begins at byte %d", at))
	if err != nil {
		return nil, err
	}
	t, err := rootTable(head, "IOHE")
	var compression int64
	var text []byte
	if err == nil {
		compression, err = t.scalar(0, 4, 0)
	}
	if err == nil {
		d.end, err = t.scalar(1, 8, -1)
	}
	if err == nil {
		text, err = t.vector(2, 1)
	}
	if err != nil {
		return nil, s.fail(diag.BadFile, "its header at byte %d %v", at+4, err)
	}
	if d.end >= 0 && d.end < s.at {
		return nil, s.fail(diag.BadFile, "its header at byte %d says that the packets end at byte %d, where they have not begun", at+4, d.end)
	}
	if compression < 0 || compression >= int64(len(compressions)) {
		return nil, s.fail(diag.Unsupported, "its header at byte %d says that packets are packed in the manner %d, want 0 to %d (none, LZ4, zstd)", at+4, compression, len(compressions)-1)
	}
	if d.unpack, err = compressions[compression](); err != nil {
		return nil, s.fail(diag.BadFile, "cannot be unpacked: %v", err)
	}
	streams, err := parseStreams(text)
	if err != nil {
		return nil, s.fail(diag.BadFile, "its header at byte %d describes its streams in XML that is broken: %v", at+4, err)
	}
	return d, d.choose(r, streams)
}

// choose takes the first stream of events.
func (d *aedat4) choose(r *Reader, streams []stream) error {
	var have []string
	for _, st := range streams {
		if st.kind != "EVTS" {
			have = append(have, fmt.Sprintf("%d (%s)", st.id, st.kind))
			continue
		}
		const most = 1 << 15 // places are of 16 bits, signed
		if st.width < 0 || st.height < 0 || st.width > most || st.height > most || (st.width == 0) != (st.height == 0) {
			return d.src.fail(diag.BadFile, "its header says that the sensor of stream %d has %d × %d places", st.id, st.width, st.height)
		}
		d.stream, r.Width, r.Height = st.id, st.width, st.height
		return nil
	}
	if len(have) == 0 {
		have = []string{"none"}
	}
	return d.src.fail(diag.Unsupported, "has no stream of events (EVTS): its streams are %s", strings.Join(have, ", "))
}

func (d *aedat4) next() (Event, error) {
	for len(d.events) == 0 {
		if err := d.nextPacket(); err != nil {
			return Event{}, err
		}
	}
	b := d.events[:aedat4Event]
	d.events = d.events[aedat4Event:]
	d.n++
	return Event{
		Time: int64(binary.LittleEndian.Uint64(b)),
		X:    int(int16(binary.LittleEndian.Uint16(b[8:]))), Y: int(int16(binary.LittleEndian.Uint16(b[10:]))),
		On: b[12] != 0,
	}, nil
}

func (d *aedat4) where() string {
	return fmt.Sprintf("event %d (from 0) of the packet at byte %d", d.n-1, d.packet)
}

// nextPacket reads a packet, whose events are those that come.
func (d *aedat4) nextPacket() error {
	s := d.src
	if s.at == d.end {
		return d.finish()
	}
	d.packet, d.n = s.at, 0
	what := fmt.Sprintf("the packet at byte %d", d.packet)
	var head [8]byte
	err := s.full(head[:], what)
	if errors.Is(err, io.EOF) && d.end >= 0 {
		return s.fail(diag.BadFile, "is cut short: it ends at byte %d, and its packets at byte %d; copy the file again", s.at, d.end)
	}
	if err != nil {
		return err
	}
	id, size := int32(binary.LittleEndian.Uint32(head[:])), int32(binary.LittleEndian.Uint32(head[4:]))
	if size < 0 {
		return s.fail(diag.BadFile, "%s says that it has %d bytes", what, size)
	}
	if d.end >= 0 && s.at+int64(size) > d.end {
		return s.fail(diag.BadFile, "%s goes on to byte %d, but the header says that packets end at byte %d", what, s.at+int64(size), d.end)
	}
	if int64(id) != d.stream {
		return s.skip(int64(size), what)
	}
	packed, err := s.take(int64(size), what)
	if err != nil {
		return err
	}
	b, err := d.unpack(packed)
	if errors.Is(err, errTooLarge) || int64(len(b)) > d.left {
		return s.fail(diag.TooLarge, "%s unpacks to too much: at most %d bytes a packet, and %d of all, are read", what, maxPacket, MaxBytes)
	}
	if err != nil {
		return s.fail(diag.BadFile, "%s cannot be unpacked: %v; copy the file again", what, err)
	}
	d.left -= int64(len(b))
	if len(b) < 4 {
		return s.fail(diag.BadFile, "%s is empty", what)
	}
	t, err := rootTable(b[4:], "EVTS")
	if err == nil {
		d.events, err = t.vector(0, aedat4Event)
	}
	if err != nil {
		return s.fail(diag.BadFile, "%s, when unpacked, %v", what, err)
	}
	return nil
}

// finish reads the table of packets, with which a file that is whole ends, and returns
// io.EOF there.
func (d *aedat4) finish() error {
	s := d.src
	what := fmt.Sprintf("its table of packets, which begins at byte %d", d.end)
	packed, err := s.rest(maxPacket, what)
	if err != nil {
		return err
	}
	b, err := d.unpack(packed)
	if errors.Is(err, errTooLarge) {
		return s.fail(diag.TooLarge, "%s, unpacks to more than %d bytes, the most that is read", what, maxPacket)
	}
	if err != nil {
		return s.fail(diag.BadFile, "%s, cannot be unpacked: %v; copy the file again", what, err)
	}
	size := int64(4)
	if len(b) >= 4 {
		size += int64(binary.LittleEndian.Uint32(b))
	}
	switch have := int64(len(b)); {
	case have < size:
		return s.cut(what)
	case have > size:
		return s.fail(diag.BadFile, "goes on behind %s", what)
	}
	return io.EOF
}

// errTooLarge says that something unpacks to more than is read.
var errTooLarge = errors.New("more than a packet may hold")

// unpacker undoes a compression. What it returned last it may write over.
type unpacker func(packed []byte) ([]byte, error)

// compressions make what undoes a compression, in the order of the header's numbers:
// none, LZ4 and zstd, these two at two levels, which unpack alike.
var compressions = []func() (unpacker, error){
	func() (unpacker, error) {
		return func(packed []byte) ([]byte, error) { return packed, nil }, nil
	},
	newLZ4, newLZ4, newZstd, newZstd,
}

func newLZ4() (unpacker, error) {
	r := lz4.NewReader(nil)
	return unpackWith(r, func(packed io.Reader) error {
		r.Reset(packed)
		return nil
	}), nil
}

func newZstd() (unpacker, error) {
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPacket), zstd.WithDecoderMaxWindow(maxPacket))
	if err != nil {
		return nil, err
	}
	return unpackWith(r, r.Reset), nil
}

// unpackWith makes an unpacker of a reader that reset begins anew.
func unpackWith(r io.Reader, reset func(packed io.Reader) error) unpacker {
	var out bytes.Buffer
	return func(packed []byte) ([]byte, error) {
		if err := reset(bytes.NewReader(packed)); err != nil {
			return nil, err
		}
		out.Reset()
		n, err := out.ReadFrom(io.LimitReader(r, maxPacket+1))
		if n > maxPacket {
			return nil, errTooLarge
		}
		return out.Bytes(), err
	}
}

// stream is one of an AEDAT4 file, as its header describes it.
type stream struct {
	id            int64
	kind          string
	width, height int
}

// parseStreams reads the header's description, in order of the streams' numbers:
//
//	<dv><node name="outInfo"><node name="0">
//	    <attr key="typeIdentifier">EVTS</attr>
//	    <node name="info"><attr key="sizeX">346</attr><attr key="sizeY">260</attr></node>
//	</node></node></dv>
func parseStreams(text []byte) ([]stream, error) {
	var dv struct {
		Node []struct {
			Name string `xml:"name,attr"`
			Node []struct {
				Name string    `xml:"name,attr"`
				Attr []xmlAttr `xml:"attr"`
				Node []struct {
					Name string    `xml:"name,attr"`
					Attr []xmlAttr `xml:"attr"`
				} `xml:"node"`
			} `xml:"node"`
		} `xml:"node"`
	}
	if err := xml.Unmarshal(text, &dv); err != nil {
		return nil, err
	}
	var out []stream
	for _, n := range dv.Node {
		if n.Name != "outInfo" {
			continue
		}
		for _, described := range n.Node {
			id, err := strconv.ParseInt(described.Name, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("stream %q has no number", described.Name)
			}
			st := stream{id: id}
			for _, a := range described.Attr {
				if a.Key == "typeIdentifier" {
					st.kind = strings.TrimSpace(a.Text)
				}
			}
			for _, info := range described.Node {
				for _, a := range info.Attr {
					size := map[string]*int{"sizeX": &st.width, "sizeY": &st.height}[a.Key]
					if info.Name != "info" || size == nil {
						continue
					}
					if *size, err = strconv.Atoi(strings.TrimSpace(a.Text)); err != nil {
						return nil, fmt.Errorf("%s of stream %d is %q, want a number", a.Key, id, a.Text)
					}
				}
			}
			out = append(out, st)
		}
	}
	slices.SortStableFunc(out, func(a, b stream) int { return int(a.id - b.id) })
	return out, nil
}

// xmlAttr is a value of the description.
type xmlAttr struct {
	Key  string `xml:"key,attr"`
	Text string `xml:",chardata"`
}
