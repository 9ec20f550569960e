package isa

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/weft-toolchain/weft/internal/diag"
)

// objectMagic begins a program's object file. The file, whose numbers are
// little-endian, is
//
//	"WEFTPROG" | u32 length of header | header, JSON | u32 words … | u32 CRC-32
//
// where the checksum (IEEE) is that of all bytes before it. A program has
// exactly one object: a reader refuses any other bytes.
const objectMagic = "WEFTPROG"

const objectVersion = 1

// objectHeader is the JSON of an object file: everything but the words.
type objectHeader struct {
	Version int    `json:"version"`
	Name    string `json:"name"`
	// Kind, Table and Compartments are left out where they are the usual ones.
	Kind         string        `json:"kind,omitempty"`
	Table        []int32       `json:"table,omitempty"`
	Compartments int           `json:"compartments,omitempty"`
	State        []string      `json:"state"`
	Params       []objectParam `json:"params"`
	Words        int           `json:"words"`
}

type objectParam struct {
	Name string `json:"name"`
	Reg  string `json:"reg"`
}

// Object returns the program's object file.
func (p *Program) Object() []byte {
	h := objectHeader{Version: objectVersion, Name: p.Name, Table: p.Table, Compartments: p.Compartments, State: append([]string{}, p.State...), Params: []objectParam{}, Words: len(p.Words)}
	if p.Kind != Tick {
		h.Kind = p.Kind.String()
	}
	for _, b := range p.Params {
		h.Params = append(h.Params, objectParam{b.Name, b.Reg.String()})
	}
	header, err := json.Marshal(h)
	if err != nil {
		panic("isa: object header: " + err.Error()) // strings and numbers always encode
	}
	out := []byte(objectMagic)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(header)))
	out = append(out, header...)
	for _, w := range p.Words {
		out = binary.LittleEndian.AppendUint32(out, w)
	}
	return appendSum(out)
}

// appendSum returns body with its checksum behind it.
func appendSum(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, crc32.ChecksumIEEE(body))
}

// IsObject reports whether data begins like an object file.
func IsObject(data []byte) bool { return bytes.HasPrefix(data, []byte(objectMagic)) }

// ReadObject decodes an object file's bytes; file names it in messages.
func ReadObject(file string, data []byte) (*Program, error) {
	p, err := decodeObject(data)
	if err != nil {
		return nil, diag.One(diag.Pos{File: file}, diag.BadFile, "not a sound program object: %v; assemble it again", err)
	}
	return p, nil
}

func decodeObject(data []byte) (*Program, error) {
	const head, sum = len(objectMagic) + 4, 4
	if !IsObject(data) {
		return nil, errors.New("it does not begin like one")
	}
	if len(data) < head+sum {
		return nil, errors.New("it was cut short")
	}
	body := data[:len(data)-sum]
	if binary.LittleEndian.Uint32(data[len(body):]) != crc32.ChecksumIEEE(body) {
		return nil, errors.New("its checksum does not match its content")
	}
	n := int(binary.LittleEndian.Uint32(data[len(objectMagic):]))
	if n > len(body)-head {
		return nil, errors.New("its header is longer than the file")
	}
	var h objectHeader
	if err := json.Unmarshal(body[head:head+n], &h); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if h.Version != objectVersion {
		return nil, fmt.Errorf("it is of version %d, this weft reads version %d", h.Version, objectVersion)
	}
	p := &Program{Name: h.Name, Table: h.Table, Compartments: h.Compartments, State: append([]string(nil), h.State...)}
	if h.Kind != "" {
		var ok bool
		if p.Kind, ok = parseKind(h.Kind); !ok {
			return nil, fmt.Errorf("its kind is %s", quote(h.Kind))
		}
	}
	for _, b := range h.Params {
		r, ok := parseReg(b.Reg)
		if !ok {
			return nil, fmt.Errorf("parameter %s is in register %s", quote(b.Name), quote(b.Reg))
		}
		p.Params = append(p.Params, ParamBinding{Name: b.Name, Reg: r})
	}
	for words := body[head+n:]; len(words) >= 4; words = words[4:] {
		p.Words = append(p.Words, binary.LittleEndian.Uint32(words))
	}
	if _, err := DecodeAll(p.Words); err != nil {
		return nil, err
	}
	if bad := p.badNames(); len(bad) > 0 {
		return nil, errors.New(bad[0])
	}
	if !bytes.Equal(p.Object(), data) {
		return nil, errors.New("its header is not as weft writes it")
	}
	return p, nil
}
