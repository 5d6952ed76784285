// exp, gelu and their kin over a vector type V (see kernels_body.hpp).

// Within 2 units in the last place; 0 below -87.3, and finite (e^88) above 88.
NN_TARGET inline typename V::Reg exp_of(typename V::Reg x) {
  using Reg = typename V::Reg;
  const Reg low = V::set1(-87.3f);
  const Reg bounded = V::min(V::max(x, low), V::set1(88.0f));
  const Reg n = V::round(V::mul(bounded, V::set1(1.44269504f)));
  // ln 2 in two parts, the first short enough for n times it to be exact.
  Reg r = V::fnma(n, V::set1(0.693359375f), bounded);
  r = V::fnma(n, V::set1(-2.12194440e-4f), r);
  // The series of e^r, |r| <= ln 2 / 2: what is left out is below 1.2e-7.
  Reg p = V::set1(1.0f / 720);
  p = V::fma(p, r, V::set1(1.0f / 120));
  p = V::fma(p, r, V::set1(1.0f / 24));
  p = V::fma(p, r, V::set1(1.0f / 6));
  p = V::fma(p, r, V::set1(0.5f));
  p = V::fma(p, r, V::set1(1.0f));
  p = V::fma(p, r, V::set1(1.0f));
  return V::keep_not_below(V::scale_by_power(p, n), x, low);
}

// erf(x / sqrt 2) as x P(x^2) / Q(x^2), fitted for the least largest error, 1.3e-8, over |x| <= 5.45, beyond which
// float32 has nothing but 1.
NN_TARGET inline typename V::Reg erf_of_root_half(typename V::Reg x) {
  using Reg = typename V::Reg;
  const Reg z = V::min(V::max(x, V::set1(-5.45f)), V::set1(5.45f));
  const Reg t = V::mul(z, z);
  Reg p = V::set1(4.6128259104330816e-08f);
  p = V::fma(p, t, V::set1(1.2709213419375166e-05f));
  p = V::fma(p, t, V::set1(3.3302157449885324e-04f));
  p = V::fma(p, t, V::set1(9.327242621703643e-03f));
  p = V::fma(p, t, V::set1(6.721440211683544e-02f));
  p = V::fma(p, t, V::set1(7.978844805350298e-01f));
  Reg q = V::set1(1.2068365757883713e-06f);
  q = V::fma(q, t, V::set1(7.299901585722365e-05f));
  q = V::fma(q, t, V::set1(1.8713415931726316e-03f));
  q = V::fma(q, t, V::set1(2.8508996316147728e-02f));
  q = V::fma(q, t, V::set1(2.5090676811710255e-01f));
  q = V::fma(q, t, V::set1(1.0f));
  return V::div(V::mul(z, p), q);
}

NN_TARGET inline typename V::Reg sigmoid_of(typename V::Reg x) {
  return V::div(V::set1(1.0f), V::add(V::set1(1.0f), exp_of(V::sub(V::zero(), x))));
}

NN_TARGET inline typename V::Reg tanh_of(typename V::Reg x) {
  // 2 sigmoid(2x) - 1 loses digits near 0, where the series takes over: x - x^3/3 + 2x^5/15.
  using Reg = typename V::Reg;
  const Reg far = V::sub(V::mul(V::set1(2.0f), sigmoid_of(V::add(x, x))), V::set1(1.0f));
  const Reg t = V::mul(x, x);
  Reg near = V::fma(V::set1(-17.0f / 315), t, V::set1(2.0f / 15));
  near = V::fma(near, t, V::set1(-1.0f / 3));
  near = V::fma(V::mul(near, t), x, x);
  return V::choose_below(t, V::set1(0.04f), near, far);
}

template <Activation kActivation>
NN_TARGET inline typename V::Reg activate(typename V::Reg x) {
  using Reg = typename V::Reg;
  if constexpr (kActivation == Activation::none) {
    return x;
  } else if constexpr (kActivation == Activation::gelu) {
    const Reg half = V::mul(x, V::set1(0.5f));
    return V::fma(half, erf_of_root_half(x), half);
  } else if constexpr (kActivation == Activation::gelu_tanh) {
    const Reg cube = V::mul(V::mul(x, x), x);
    const Reg inner = V::mul(V::set1(0.7978845608f), V::fma(V::set1(0.044715f), cube, x));
    // 0.5 (1 + tanh y) = sigmoid(2y)
    return V::mul(x, sigmoid_of(V::add(inner, inner)));
  } else if constexpr (kActivation == Activation::quick_gelu) {
    return V::mul(x, sigmoid_of(V::mul(x, V::set1(1.702f))));
  } else if constexpr (kActivation == Activation::relu) {
    return V::max(x, V::zero());
  } else if constexpr (kActivation == Activation::silu) {
    return V::mul(x, sigmoid_of(x));
  } else {
    return tanh_of(x);
  }
}
