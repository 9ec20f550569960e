package cli

import (
	"context"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/profile"
	"github.com/weft-toolchain/weft/targets"
)

// loadParts loads a network with its target, and puts the defects and the profile, which
// are files or empty, into the options. What is wrong with any of these is told in one
// *diag.Error; what is about two of them is left out where one is wrong.
func loadParts(ctx context.Context, path, targetName, defects string, opt *choices) (net *network.Network, t *targets.Target, err error) {
	err = told(
		func() error { t, err = targets.Load(targetName); return err },
		func() error {
			if t == nil && defects != "" {
				return readable(defects)
			}
			if t != nil {
				opt.Defects, err = loadDefects(defects, &t.Arch)
				return err
			}
			return nil
		},
		func() error { net, err = loadNetwork(ctx, path, t, *opt); return err },
		func() error {
			if net == nil && opt.profile != "" {
				return readable(opt.profile)
			}
			return opt.loadProfile(net)
		},
	)
	return net, t, err
}

// loadNetwork loads a network for a target, or for any where t is nil.
func loadNetwork(ctx context.Context, path string, t *targets.Target, opt choices) (*network.Network, error) {
	room := network.Room{}
	if t != nil {
		room = roomOf(t)
		room.Unfit = compiler.Unfit(&t.Arch, opt.Options)
	}
	net, err := network.LoadFor(ctx, path, room)
	if err != nil {
		return nil, mistaken(err, path, networkFile)
	}
	return net, nil
}

func roomOf(t *targets.Target) network.Room {
	return network.Room{Target: t.Name, Synapses: t.Arch.MaxSynapses()}
}

// loadProfile reads the profile of a network, unless there is none or it was read.
func (c *choices) loadProfile(net *network.Network) (err error) {
	if c.profile == "" || c.Profile != nil {
		return nil
	}
	c.Profile, err = loadProfile(c.profile, net)
	return err
}

// loadProfile reads the profile of a network.
func loadProfile(path string, net *network.Network) ([]int64, error) {
	var groups []profile.Group
	for _, in := range net.Inputs {
		groups = append(groups, profile.Group{Name: in.Name, N: network.Size(in.Shape)})
	}
	for _, p := range net.Populations {
		groups = append(groups, profile.Group{Name: p.Name, N: network.Size(p.Shape)})
	}
	return profile.Load(path, groups)
}
