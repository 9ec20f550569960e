package quant

import "github.com/weft-toolchain/weft/compiler/network"

// coefficients are a neuron's equation in the form its program computes, in
// real numbers and units of the file's potential:
//
//	if, integrator   v ← v + drive + I
//	lif              v ← beta·v + drive + I
//	cuba_lif         i ← alpha·i + drive + I;  v ← beta·v + gain·i + leak
//
// where I is the sum of weight × in.
type coefficients struct {
	in                             float64
	alpha, beta, gain, drive, leak float64
	threshold, vReset              float64
	vInit, iInit                   float64
	refractory                     int
}

// discretise returns the coefficients of a population's neurons: one element
// where all parameters are uniform, else one a neuron. tick is in seconds.
func discretise(np *network.Population, tick float64, n int) []coefficients {
	count := 1
	for _, v := range np.Params {
		if !v.Uniform() {
			count = n
		}
	}
	out := make([]coefficients, count)
	get := func(name network.Param, i int) float64 {
		if v, ok := np.Params[name]; ok && len(v.Values) > 0 {
			return v.At(i)
		}
		return 0
	}
	for i := range out {
		c := &out[i]
		r, bias := get(network.R, i), get(network.Bias, i)
		c.threshold, c.vReset = get(network.VThreshold, i), get(network.VReset, i)
		c.vInit, c.iInit = get(network.VInit, i), get(network.IInit, i)
		c.refractory = int(get(network.Refractory, i))
		if np.Reset != network.ResetValue {
			c.vReset = 0
		}
		switch np.Model {
		case network.IF, network.Integrator:
			c.in, c.drive = r, r*bias
		case network.LIF:
			k := tick / get(network.Tau, i)
			c.in, c.beta = k*r, 1-k
			c.drive = k * (get(network.VLeak, i) + float64(r*bias))
		case network.CubaLIF:
			k, ks := tick/get(network.Tau, i), tick/get(network.TauSyn, i)
			w := ks * get(network.WIn, i)
			c.in, c.alpha, c.beta = w, 1-ks, 1-k
			c.gain, c.drive, c.leak = k*r, w*bias, k*get(network.VLeak, i)
		}
	}
	return out
}
