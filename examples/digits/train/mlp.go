package main

import (
	"math"
	"math/rand/v2"
)

// mlp is a network of one hidden layer of rectified linear units. All its
// parameters live in one slice, so that the optimiser has one loop; w1, b1, w2
// and b2 are windows on it. Weights are laid out (pre, post).
type mlp struct {
	all            []float64
	w1, b1, w2, b2 []float64
}

func newMLP() *mlp {
	n := &mlp{all: make([]float64, pixels*hidden+hidden+hidden*classes+classes)}
	rest := n.all
	for _, part := range []struct {
		window *[]float64
		size   int
	}{{&n.w1, pixels * hidden}, {&n.b1, hidden}, {&n.w2, hidden * classes}, {&n.b2, classes}} {
		*part.window, rest = rest[:part.size:part.size], rest[part.size:]
	}
	return n
}

// mulAdd is acc + x·y with the product rounded. The conversion forbids the
// compiler to fuse the two, which some processors have an instruction for and
// others have not.
func mulAdd(acc, x, y float64) float64 { return acc + float64(x*y) }

// affine adds x·w to out, in the order of x; out begins as the bias.
func affine(out, x, w, bias []float64) {
	copy(out, bias)
	for i, xi := range x {
		if xi == 0 {
			continue
		}
		row := w[i*len(out) : (i+1)*len(out)]
		for j, wij := range row {
			out[j] = mulAdd(out[j], xi, wij)
		}
	}
}

// forward returns the hidden activations and the class scores.
func (n *mlp) forward(image []float64) (h [hidden]float64, o [classes]float64) {
	affine(h[:], image, n.w1, n.b1)
	for j := range h {
		h[j] = max(h[j], 0)
	}
	affine(o[:], h[:], n.w2, n.b2)
	return h, o
}

func (n *mlp) classify(image []float64) int {
	_, o := n.forward(image)
	return argmax(o[:])
}

// backward adds one sample's gradient of the squared hinge loss
// Σ max(0, 1 - y·o)², y = +1 for the label's class and -1 for the others, to
// grad. The hinge needs no exponential, whose last bit differs between
// machines.
func (n *mlp) backward(grad *mlp, image []float64, label int) {
	h, o := n.forward(image)
	var dh [hidden]float64
	for k, ok := range o {
		y := -1.0
		if k == label {
			y = 1
		}
		margin := 1 - float64(y*ok)
		if margin <= 0 {
			continue
		}
		d := float64(-2 * y * margin)
		grad.b2[k] += d
		for j, hj := range h {
			grad.w2[j*classes+k] = mulAdd(grad.w2[j*classes+k], hj, d)
			dh[j] = mulAdd(dh[j], n.w2[j*classes+k], d)
		}
	}
	for j := range dh {
		if h[j] <= 0 {
			dh[j] = 0
		}
		grad.b1[j] += dh[j]
	}
	for i, xi := range image {
		if xi == 0 {
			continue
		}
		row := grad.w1[i*hidden : (i+1)*hidden]
		for j := range row {
			row[j] = mulAdd(row[j], xi, dh[j])
		}
	}
}

// train runs Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov &
// Hutter 2019) and a rate that falls linearly to zero. Each time an image is
// seen it is shifted and sheared a little anew; each batch sees weights that
// are shaken a little, so that the network bears a chip's few bits.
func train(samples []sample, epochs int) *mlp {
	const (
		batch        = 32
		rate         = 3e-3
		beta1, beta2 = 0.9, 0.999
		decay        = 0.02
		epsilon      = 1e-8
	)
	rng := rand.New(rand.NewPCG(1, 2))
	net, shaken, grad := newMLP(), newMLP(), newMLP()
	uniform(rng, net.w1, math.Sqrt(6.0/pixels))
	uniform(rng, net.w2, math.Sqrt(6.0/hidden))
	first, second := make([]float64, len(net.all)), make([]float64, len(net.all))
	power1, power2 := 1.0, 1.0
	steps := epochs * ((len(samples) + batch - 1) / batch)
	step := 0
	for range epochs {
		order := rng.Perm(len(samples))
		for len(order) > 0 {
			n := min(batch, len(order))
			clear(grad.all)
			net.shake(rng, shaken)
			for _, i := range order[:n] {
				image := jitter(rng, &samples[i].image)
				shaken.backward(grad, image[:], samples[i].label)
			}
			order = order[n:]
			lr := rate * float64(steps-step) / float64(steps)
			power1 = float64(power1 * beta1)
			power2 = float64(power2 * beta2)
			for p, g := range grad.all {
				g /= float64(n)
				first[p] = mulAdd(float64(beta1*first[p]), 1-beta1, g)
				second[p] = mulAdd(float64(beta2*second[p]), 1-beta2, float64(g*g))
				m, v := first[p]/(1-power1), second[p]/(1-power2)
				update := mulAdd(m/(math.Sqrt(v)+epsilon), decay, net.all[p])
				net.all[p] = mulAdd(net.all[p], -lr, update)
			}
			step++
		}
	}
	return net
}

// shake copies n to out with noise on the weights: up to a twentieth of the
// largest weight of the layer.
func (n *mlp) shake(rng *rand.Rand, out *mlp) {
	clear(out.all)
	uniform(rng, out.w1, largest(n.w1)/20)
	uniform(rng, out.w2, largest(n.w2)/20)
	for p, x := range n.all {
		out.all[p] += x
	}
}

func largest(xs []float64) (magnitude float64) {
	for _, x := range xs {
		magnitude = max(magnitude, math.Abs(x))
	}
	return magnitude
}

// uniform fills xs with numbers from -limit to limit.
func uniform(rng *rand.Rand, xs []float64, limit float64) {
	for i := range xs {
		xs[i] = float64(limit * mulAdd(-1, 2, rng.Float64()))
	}
}

// jitter returns the image shifted by up to a pixel and scaled and sheared by
// up to a seventh, sampled bilinearly; outside is paper.
func jitter(rng *rand.Rand, image *[pixels]float64) (out [pixels]float64) {
	var a [6]float64
	uniform(rng, a[:4], 0.15)
	uniform(rng, a[4:], 1)
	at := func(x, y int) float64 {
		if x < 0 || x > 7 || y < 0 || y > 7 {
			return 0
		}
		return image[y*8+x]
	}
	for i := range out {
		cx, cy := float64(i%8)-3.5, float64(i/8)-3.5
		x := mulAdd(mulAdd(cx+3.5+a[4], a[0], cx), a[1], cy)
		y := mulAdd(mulAdd(cy+3.5+a[5], a[2], cx), a[3], cy)
		x0, y0 := math.Floor(x), math.Floor(y)
		fx, fy := x-x0, y-y0
		xi, yi := int(x0), int(y0)
		top := mulAdd(float64((1-fx)*at(xi, yi)), fx, at(xi+1, yi))
		bottom := mulAdd(float64((1-fx)*at(xi, yi+1)), fx, at(xi+1, yi+1))
		out[i] = mulAdd(float64((1-fy)*top), fy, bottom)
	}
	return out
}
