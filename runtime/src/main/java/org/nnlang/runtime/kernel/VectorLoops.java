package org.nnlang.runtime.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

// Printed from the sequences of Transcendentals by SequencePrinter; TranscendentalsTest compares and, with
// -Dnnlang.accept=true, prints again. Don't edit.

/// The transcendental functions of arrays on the Vector API, as [Transcendentals] defines them.
final class VectorLoops {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int L = F.length();

    private VectorLoops() {}

    static void exp(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector k0 = FloatVector.broadcast(F, -105.0f);
            VectorMask<Float> m1 = x.compare(LT, k0);
            FloatVector f2 = x.blend(k0, m1);
            FloatVector k3 = FloatVector.broadcast(F, 100.0f);
            VectorMask<Float> m4 = k3.compare(LT, x);
            FloatVector f5 = f2.blend(k3, m4);
            FloatVector k6 = FloatVector.broadcast(F, 1.442695f);
            FloatVector k7 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f8 = f5.fma(k6, k7);
            FloatVector f9 = f8.sub(k7);
            FloatVector k10 = FloatVector.broadcast(F, -0.6931472f);
            FloatVector f11 = f9.fma(k10, f5);
            FloatVector k12 = FloatVector.broadcast(F, 1.9046542E-9f);
            FloatVector f13 = f9.fma(k12, f11);
            FloatVector k14 = FloatVector.broadcast(F, 1.9875691E-4f);
            FloatVector k15 = FloatVector.broadcast(F, 0.0013981999f);
            FloatVector f16 = k14.fma(f13, k15);
            FloatVector k17 = FloatVector.broadcast(F, 0.008333452f);
            FloatVector f18 = f16.fma(f13, k17);
            FloatVector k19 = FloatVector.broadcast(F, 0.041665796f);
            FloatVector f20 = f18.fma(f13, k19);
            FloatVector k21 = FloatVector.broadcast(F, 0.16666666f);
            FloatVector f22 = f20.fma(f13, k21);
            FloatVector k23 = FloatVector.broadcast(F, 0.5f);
            FloatVector f24 = f22.fma(f13, k23);
            FloatVector f25 = f13.mul(f13);
            FloatVector f26 = f24.fma(f25, f13);
            FloatVector k27 = FloatVector.broadcast(F, 1.0f);
            FloatVector f28 = f26.add(k27);
            IntVector i29 = f8.reinterpretAsInts();
            IntVector k30 = IntVector.broadcast(I, 1262485504);
            IntVector i31 = i29.sub(k30);
            IntVector i32 = i31.lanewise(ASHR, 1);
            IntVector i33 = i32.lanewise(LSHL, 23);
            IntVector k34 = IntVector.broadcast(I, 1065353216);
            IntVector i35 = i33.add(k34);
            FloatVector f36 = i35.reinterpretAsFloats();
            IntVector i37 = i31.sub(i32);
            IntVector i38 = i37.lanewise(LSHL, 23);
            IntVector i39 = i38.add(k34);
            FloatVector f40 = i39.reinterpretAsFloats();
            FloatVector f41 = f28.mul(f36);
            f41.mul(f40).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.exp(xs[xi + i]);
        }
    }

    static void expm1(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector k0 = FloatVector.broadcast(F, -20.0f);
            VectorMask<Float> m1 = x.compare(LT, k0);
            FloatVector f2 = x.blend(k0, m1);
            FloatVector k3 = FloatVector.broadcast(F, 89.0f);
            VectorMask<Float> m4 = k3.compare(LT, x);
            FloatVector f5 = f2.blend(k3, m4);
            FloatVector k6 = FloatVector.broadcast(F, 1.442695f);
            FloatVector k7 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f8 = f5.fma(k6, k7);
            FloatVector f9 = f8.sub(k7);
            FloatVector k10 = FloatVector.broadcast(F, -0.6931472f);
            FloatVector f11 = f9.fma(k10, f5);
            FloatVector k12 = FloatVector.broadcast(F, 1.9046542E-9f);
            FloatVector f13 = f9.fma(k12, f11);
            FloatVector k14 = FloatVector.broadcast(F, 1.9875691E-4f);
            FloatVector k15 = FloatVector.broadcast(F, 0.0013981999f);
            FloatVector f16 = k14.fma(f13, k15);
            FloatVector k17 = FloatVector.broadcast(F, 0.008333452f);
            FloatVector f18 = f16.fma(f13, k17);
            FloatVector k19 = FloatVector.broadcast(F, 0.041665796f);
            FloatVector f20 = f18.fma(f13, k19);
            FloatVector k21 = FloatVector.broadcast(F, 0.16666666f);
            FloatVector f22 = f20.fma(f13, k21);
            FloatVector k23 = FloatVector.broadcast(F, 0.5f);
            FloatVector f24 = f22.fma(f13, k23);
            FloatVector f25 = f13.mul(f13);
            FloatVector f26 = f24.fma(f25, f13);
            IntVector i27 = f8.reinterpretAsInts();
            IntVector k28 = IntVector.broadcast(I, 1262485505);
            IntVector i29 = i27.sub(k28);
            IntVector i30 = i29.lanewise(LSHL, 23);
            IntVector k31 = IntVector.broadcast(I, 1065353216);
            IntVector i32 = i30.add(k31);
            FloatVector f33 = i32.reinterpretAsFloats();
            FloatVector f34 = f33.sub(k23);
            FloatVector f35 = f26.fma(f33, f34);
            FloatVector f36 = f35.add(f35);
            FloatVector f37 = f5.abs();
            FloatVector k38 = FloatVector.broadcast(F, 1.0E-20f);
            VectorMask<Float> m39 = f37.compare(LT, k38);
            f36.blend(f5, m39).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.expm1(xs[xi + i]);
        }
    }

    static void log(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector k0 = FloatVector.broadcast(F, 1.1754944E-38f);
            VectorMask<Float> m1 = x.compare(LT, k0);
            FloatVector k2 = FloatVector.broadcast(F, 8388608.0f);
            FloatVector f3 = x.mul(k2);
            FloatVector f4 = x.blend(f3, m1);
            IntVector i5 = f4.reinterpretAsInts();
            IntVector k6 = IntVector.broadcast(I, 1060439283);
            IntVector i7 = i5.sub(k6);
            IntVector i8 = i7.lanewise(ASHR, 23);
            IntVector i9 = i8.lanewise(LSHL, 23);
            IntVector i10 = i5.sub(i9);
            FloatVector f11 = i10.reinterpretAsFloats();
            FloatVector k12 = FloatVector.broadcast(F, 1.0f);
            FloatVector f13 = f11.sub(k12);
            IntVector k14 = IntVector.broadcast(I, 1262485504);
            IntVector i15 = i8.add(k14);
            FloatVector f16 = i15.reinterpretAsFloats();
            FloatVector k17 = FloatVector.broadcast(F, 1.2582935E7f);
            FloatVector k18 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f19 = k18.blend(k17, m1);
            FloatVector f20 = f16.sub(f19);
            FloatVector f21 = f13.mul(f13);
            FloatVector k22 = FloatVector.broadcast(F, 0.070376836f);
            FloatVector k23 = FloatVector.broadcast(F, -0.1151461f);
            FloatVector f24 = k22.fma(f13, k23);
            FloatVector k25 = FloatVector.broadcast(F, 0.116769984f);
            FloatVector f26 = f24.fma(f13, k25);
            FloatVector k27 = FloatVector.broadcast(F, -0.12420141f);
            FloatVector f28 = f26.fma(f13, k27);
            FloatVector k29 = FloatVector.broadcast(F, 0.14249323f);
            FloatVector f30 = f28.fma(f13, k29);
            FloatVector k31 = FloatVector.broadcast(F, -0.16668057f);
            FloatVector f32 = f30.fma(f13, k31);
            FloatVector k33 = FloatVector.broadcast(F, 0.20000714f);
            FloatVector f34 = f32.fma(f13, k33);
            FloatVector k35 = FloatVector.broadcast(F, -0.24999994f);
            FloatVector f36 = f34.fma(f13, k35);
            FloatVector k37 = FloatVector.broadcast(F, 0.3333333f);
            FloatVector f38 = f36.fma(f13, k37);
            FloatVector f39 = f38.mul(f21);
            FloatVector f40 = f39.mul(f13);
            FloatVector k41 = FloatVector.broadcast(F, -2.1219444E-4f);
            FloatVector f42 = f20.fma(k41, f40);
            FloatVector k43 = FloatVector.broadcast(F, -0.5f);
            FloatVector f44 = f21.fma(k43, f42);
            FloatVector f45 = f13.add(f44);
            FloatVector k46 = FloatVector.broadcast(F, 0.6933594f);
            FloatVector f47 = f20.fma(k46, f45);
            FloatVector k48 = FloatVector.broadcast(F, Float.POSITIVE_INFINITY);
            VectorMask<Float> m49 = x.compare(EQ, k48);
            FloatVector f50 = f47.blend(x, m49);
            FloatVector k51 = FloatVector.broadcast(F, 0.0f);
            VectorMask<Float> m52 = x.compare(EQ, k51);
            FloatVector k53 = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
            FloatVector f54 = f50.blend(k53, m52);
            VectorMask<Float> m55 = k51.compare(LE, x);
            FloatVector k56 = FloatVector.broadcast(F, Float.NaN);
            k56.blend(f54, m55).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.log(xs[xi + i]);
        }
    }

    static void log1p(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector k0 = FloatVector.broadcast(F, 1.0f);
            FloatVector f1 = x.add(k0);
            FloatVector k2 = FloatVector.broadcast(F, 1.1754944E-38f);
            VectorMask<Float> m3 = f1.compare(LT, k2);
            FloatVector k4 = FloatVector.broadcast(F, 8388608.0f);
            FloatVector f5 = f1.mul(k4);
            FloatVector f6 = f1.blend(f5, m3);
            IntVector i7 = f6.reinterpretAsInts();
            IntVector k8 = IntVector.broadcast(I, 1060439283);
            IntVector i9 = i7.sub(k8);
            IntVector i10 = i9.lanewise(ASHR, 23);
            IntVector i11 = i10.lanewise(LSHL, 23);
            IntVector i12 = i7.sub(i11);
            FloatVector f13 = i12.reinterpretAsFloats();
            FloatVector f14 = f13.sub(k0);
            IntVector k15 = IntVector.broadcast(I, 1262485504);
            IntVector i16 = i10.add(k15);
            FloatVector f17 = i16.reinterpretAsFloats();
            FloatVector k18 = FloatVector.broadcast(F, 1.2582935E7f);
            FloatVector k19 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f20 = k19.blend(k18, m3);
            FloatVector f21 = f17.sub(f20);
            FloatVector f22 = f14.mul(f14);
            FloatVector k23 = FloatVector.broadcast(F, 0.070376836f);
            FloatVector k24 = FloatVector.broadcast(F, -0.1151461f);
            FloatVector f25 = k23.fma(f14, k24);
            FloatVector k26 = FloatVector.broadcast(F, 0.116769984f);
            FloatVector f27 = f25.fma(f14, k26);
            FloatVector k28 = FloatVector.broadcast(F, -0.12420141f);
            FloatVector f29 = f27.fma(f14, k28);
            FloatVector k30 = FloatVector.broadcast(F, 0.14249323f);
            FloatVector f31 = f29.fma(f14, k30);
            FloatVector k32 = FloatVector.broadcast(F, -0.16668057f);
            FloatVector f33 = f31.fma(f14, k32);
            FloatVector k34 = FloatVector.broadcast(F, 0.20000714f);
            FloatVector f35 = f33.fma(f14, k34);
            FloatVector k36 = FloatVector.broadcast(F, -0.24999994f);
            FloatVector f37 = f35.fma(f14, k36);
            FloatVector k38 = FloatVector.broadcast(F, 0.3333333f);
            FloatVector f39 = f37.fma(f14, k38);
            FloatVector f40 = f1.sub(k0);
            FloatVector f41 = x.sub(f40);
            FloatVector f42 = f41.div(f1);
            FloatVector f43 = f39.mul(f22);
            FloatVector f44 = f43.mul(f14);
            FloatVector k45 = FloatVector.broadcast(F, -2.1219444E-4f);
            FloatVector f46 = f21.fma(k45, f44);
            FloatVector f47 = f46.add(f42);
            FloatVector k48 = FloatVector.broadcast(F, -0.5f);
            FloatVector f49 = f22.fma(k48, f47);
            FloatVector f50 = f14.add(f49);
            FloatVector k51 = FloatVector.broadcast(F, 0.6933594f);
            FloatVector f52 = f21.fma(k51, f50);
            FloatVector k53 = FloatVector.broadcast(F, Float.POSITIVE_INFINITY);
            VectorMask<Float> m54 = f1.compare(EQ, k53);
            FloatVector f55 = f52.blend(f1, m54);
            FloatVector k56 = FloatVector.broadcast(F, 0.0f);
            VectorMask<Float> m57 = f1.compare(EQ, k56);
            FloatVector k58 = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
            FloatVector f59 = f55.blend(k58, m57);
            VectorMask<Float> m60 = k56.compare(LE, f1);
            FloatVector k61 = FloatVector.broadcast(F, Float.NaN);
            FloatVector f62 = k61.blend(f59, m60);
            FloatVector f63 = x.abs();
            FloatVector k64 = FloatVector.broadcast(F, 1.0E-10f);
            VectorMask<Float> m65 = f63.compare(LT, k64);
            f62.blend(x, m65).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.log1p(xs[xi + i]);
        }
    }

    static void tanh(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector f0 = x.abs();
            FloatVector k1 = FloatVector.broadcast(F, 10.0f);
            VectorMask<Float> m2 = k1.compare(LT, f0);
            FloatVector f3 = f0.blend(k1, m2);
            FloatVector f4 = f3.add(f3);
            FloatVector k5 = FloatVector.broadcast(F, 1.442695f);
            FloatVector k6 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f7 = f4.fma(k5, k6);
            FloatVector f8 = f7.sub(k6);
            FloatVector k9 = FloatVector.broadcast(F, -0.6931472f);
            FloatVector f10 = f8.fma(k9, f4);
            FloatVector k11 = FloatVector.broadcast(F, 1.9046542E-9f);
            FloatVector f12 = f8.fma(k11, f10);
            FloatVector k13 = FloatVector.broadcast(F, 1.9875691E-4f);
            FloatVector k14 = FloatVector.broadcast(F, 0.0013981999f);
            FloatVector f15 = k13.fma(f12, k14);
            FloatVector k16 = FloatVector.broadcast(F, 0.008333452f);
            FloatVector f17 = f15.fma(f12, k16);
            FloatVector k18 = FloatVector.broadcast(F, 0.041665796f);
            FloatVector f19 = f17.fma(f12, k18);
            FloatVector k20 = FloatVector.broadcast(F, 0.16666666f);
            FloatVector f21 = f19.fma(f12, k20);
            FloatVector k22 = FloatVector.broadcast(F, 0.5f);
            FloatVector f23 = f21.fma(f12, k22);
            FloatVector f24 = f12.mul(f12);
            FloatVector f25 = f23.fma(f24, f12);
            IntVector i26 = f7.reinterpretAsInts();
            IntVector k27 = IntVector.broadcast(I, 1262485504);
            IntVector i28 = i26.sub(k27);
            IntVector i29 = i28.lanewise(LSHL, 23);
            IntVector k30 = IntVector.broadcast(I, 1065353216);
            IntVector i31 = i29.add(k30);
            FloatVector f32 = i31.reinterpretAsFloats();
            FloatVector k33 = FloatVector.broadcast(F, 1.0f);
            FloatVector f34 = f32.sub(k33);
            FloatVector f35 = f25.fma(f32, f34);
            FloatVector k36 = FloatVector.broadcast(F, 2.0f);
            FloatVector f37 = f35.add(k36);
            FloatVector f38 = f35.div(f37);
            IntVector i39 = f38.reinterpretAsInts();
            IntVector i40 = x.reinterpretAsInts();
            IntVector k41 = IntVector.broadcast(I, -2147483648);
            IntVector i42 = i40.and(k41);
            IntVector i43 = i39.lanewise(XOR, i42);
            i43.reinterpretAsFloats().intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.tanh(xs[xi + i]);
        }
    }

    static void erf(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector f0 = x.abs();
            FloatVector f1 = x.mul(x);
            FloatVector k2 = FloatVector.broadcast(F, -1.7285347E-5f);
            FloatVector k3 = FloatVector.broadcast(F, 3.8319713E-4f);
            FloatVector f4 = k2.fma(f0, k3);
            FloatVector k5 = FloatVector.broadcast(F, -0.0038839644f);
            FloatVector k6 = FloatVector.broadcast(F, 0.024254622f);
            FloatVector f7 = k5.fma(f0, k6);
            FloatVector f8 = f4.fma(f1, f7);
            FloatVector k9 = FloatVector.broadcast(F, -0.10677788f);
            FloatVector f10 = f8.fma(f0, k9);
            FloatVector k11 = FloatVector.broadcast(F, -0.6348467f);
            FloatVector f12 = f10.fma(f0, k11);
            FloatVector k13 = FloatVector.broadcast(F, -0.12871751f);
            FloatVector f14 = f12.fma(f0, k13);
            FloatVector k15 = FloatVector.broadcast(F, 0.0f);
            FloatVector f16 = k15.sub(f0);
            FloatVector f17 = f14.fma(f0, f16);
            FloatVector k18 = FloatVector.broadcast(F, -20.0f);
            VectorMask<Float> m19 = f17.compare(LT, k18);
            FloatVector f20 = f17.blend(k18, m19);
            FloatVector k21 = FloatVector.broadcast(F, 1.442695f);
            FloatVector k22 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f23 = f20.fma(k21, k22);
            FloatVector f24 = f23.sub(k22);
            FloatVector k25 = FloatVector.broadcast(F, -0.6931472f);
            FloatVector f26 = f24.fma(k25, f20);
            FloatVector k27 = FloatVector.broadcast(F, 1.9046542E-9f);
            FloatVector f28 = f24.fma(k27, f26);
            IntVector i29 = f23.reinterpretAsInts();
            IntVector k30 = IntVector.broadcast(I, 1262485504);
            IntVector i31 = i29.sub(k30);
            IntVector i32 = i31.lanewise(LSHL, 23);
            IntVector k33 = IntVector.broadcast(I, 1065353216);
            IntVector i34 = i32.add(k33);
            FloatVector f35 = i34.reinterpretAsFloats();
            FloatVector k36 = FloatVector.broadcast(F, 1.0f);
            FloatVector k37 = FloatVector.broadcast(F, 1.9875691E-4f);
            FloatVector k38 = FloatVector.broadcast(F, 0.0013981999f);
            FloatVector f39 = k37.fma(f28, k38);
            FloatVector k40 = FloatVector.broadcast(F, 0.008333452f);
            FloatVector f41 = f39.fma(f28, k40);
            FloatVector k42 = FloatVector.broadcast(F, 0.041665796f);
            FloatVector f43 = f41.fma(f28, k42);
            FloatVector k44 = FloatVector.broadcast(F, 0.16666666f);
            FloatVector f45 = f43.fma(f28, k44);
            FloatVector k46 = FloatVector.broadcast(F, 0.5f);
            FloatVector f47 = f45.fma(f28, k46);
            FloatVector f48 = f28.mul(f28);
            FloatVector f49 = f47.fma(f48, f28);
            FloatVector f50 = f49.add(k36);
            FloatVector f51 = f50.mul(f35);
            FloatVector f52 = k36.sub(f51);
            IntVector i53 = f52.reinterpretAsInts();
            IntVector i54 = x.reinterpretAsInts();
            IntVector k55 = IntVector.broadcast(I, -2147483648);
            IntVector i56 = i54.and(k55);
            IntVector i57 = i53.lanewise(XOR, i56);
            FloatVector f58 = i57.reinterpretAsFloats();
            FloatVector k59 = FloatVector.broadcast(F, -5.967617E-4f);
            FloatVector k60 = FloatVector.broadcast(F, 0.0049911942f);
            FloatVector f61 = k59.fma(f1, k60);
            FloatVector k62 = FloatVector.broadcast(F, -0.026768135f);
            FloatVector f63 = f61.fma(f1, k62);
            FloatVector k64 = FloatVector.broadcast(F, 0.112819925f);
            FloatVector f65 = f63.fma(f1, k64);
            FloatVector k66 = FloatVector.broadcast(F, -0.37612534f);
            FloatVector f67 = f65.fma(f1, k66);
            FloatVector k68 = FloatVector.broadcast(F, 0.12837917f);
            FloatVector f69 = f67.fma(f1, k68);
            FloatVector f70 = f69.fma(x, x);
            FloatVector k71 = FloatVector.broadcast(F, 0.9277344f);
            VectorMask<Float> m72 = f0.compare(LT, k71);
            f58.blend(f70, m72).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.erf(xs[xi + i]);
        }
    }

    static void sin(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector k0 = FloatVector.broadcast(F, 0.63661975f);
            FloatVector k1 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f2 = x.fma(k0, k1);
            FloatVector f3 = f2.sub(k1);
            FloatVector k4 = FloatVector.broadcast(F, -1.5707964f);
            FloatVector f5 = f3.fma(k4, x);
            FloatVector k6 = FloatVector.broadcast(F, 4.371139E-8f);
            FloatVector f7 = f3.fma(k6, f5);
            FloatVector k8 = FloatVector.broadcast(F, 1.7151245E-15f);
            FloatVector f9 = f3.fma(k8, f7);
            FloatVector f10 = f9.mul(f9);
            FloatVector k11 = FloatVector.broadcast(F, -1.9515296E-4f);
            FloatVector k12 = FloatVector.broadcast(F, 0.008332161f);
            FloatVector f13 = k11.fma(f10, k12);
            FloatVector k14 = FloatVector.broadcast(F, -0.16666655f);
            FloatVector f15 = f13.fma(f10, k14);
            FloatVector f16 = f15.mul(f10);
            FloatVector f17 = f16.fma(f9, f9);
            FloatVector k18 = FloatVector.broadcast(F, 2.4433157E-5f);
            FloatVector k19 = FloatVector.broadcast(F, -0.0013887316f);
            FloatVector f20 = k18.fma(f10, k19);
            FloatVector k21 = FloatVector.broadcast(F, 0.041666646f);
            FloatVector f22 = f20.fma(f10, k21);
            FloatVector f23 = f22.mul(f10);
            FloatVector k24 = FloatVector.broadcast(F, -0.5f);
            FloatVector k25 = FloatVector.broadcast(F, 1.0f);
            FloatVector f26 = f10.fma(k24, k25);
            FloatVector f27 = f23.fma(f10, f26);
            IntVector i28 = f2.reinterpretAsInts();
            IntVector k29 = IntVector.broadcast(I, 1);
            IntVector i30 = i28.and(k29);
            IntVector k31 = IntVector.broadcast(I, 0);
            VectorMask<Integer> m32 = i30.compare(EQ, k31);
            FloatVector f33 = f27.blend(f17, m32.cast(F));
            IntVector k34 = IntVector.broadcast(I, 2);
            IntVector i35 = i28.and(k34);
            IntVector i36 = i35.lanewise(LSHL, 30);
            IntVector i37 = f33.reinterpretAsInts();
            IntVector i38 = i37.lanewise(XOR, i36);
            FloatVector f39 = i38.reinterpretAsFloats();
            FloatVector f40 = x.abs();
            FloatVector k41 = FloatVector.broadcast(F, 1048576.0f);
            VectorMask<Float> m42 = f40.compare(LE, k41);
            FloatVector k43 = FloatVector.broadcast(F, Float.NaN);
            k43.blend(f39, m42).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.sin(xs[xi + i]);
        }
    }

    static void cos(float[] xs, int xi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector k0 = FloatVector.broadcast(F, 0.63661975f);
            FloatVector k1 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f2 = x.fma(k0, k1);
            FloatVector f3 = f2.sub(k1);
            FloatVector k4 = FloatVector.broadcast(F, -1.5707964f);
            FloatVector f5 = f3.fma(k4, x);
            FloatVector k6 = FloatVector.broadcast(F, 4.371139E-8f);
            FloatVector f7 = f3.fma(k6, f5);
            FloatVector k8 = FloatVector.broadcast(F, 1.7151245E-15f);
            FloatVector f9 = f3.fma(k8, f7);
            FloatVector f10 = f9.mul(f9);
            FloatVector k11 = FloatVector.broadcast(F, -1.9515296E-4f);
            FloatVector k12 = FloatVector.broadcast(F, 0.008332161f);
            FloatVector f13 = k11.fma(f10, k12);
            FloatVector k14 = FloatVector.broadcast(F, -0.16666655f);
            FloatVector f15 = f13.fma(f10, k14);
            FloatVector f16 = f15.mul(f10);
            FloatVector f17 = f16.fma(f9, f9);
            FloatVector k18 = FloatVector.broadcast(F, 2.4433157E-5f);
            FloatVector k19 = FloatVector.broadcast(F, -0.0013887316f);
            FloatVector f20 = k18.fma(f10, k19);
            FloatVector k21 = FloatVector.broadcast(F, 0.041666646f);
            FloatVector f22 = f20.fma(f10, k21);
            FloatVector f23 = f22.mul(f10);
            FloatVector k24 = FloatVector.broadcast(F, -0.5f);
            FloatVector k25 = FloatVector.broadcast(F, 1.0f);
            FloatVector f26 = f10.fma(k24, k25);
            FloatVector f27 = f23.fma(f10, f26);
            IntVector i28 = f2.reinterpretAsInts();
            IntVector k29 = IntVector.broadcast(I, 1);
            IntVector i30 = i28.add(k29);
            IntVector i31 = i30.and(k29);
            IntVector k32 = IntVector.broadcast(I, 0);
            VectorMask<Integer> m33 = i31.compare(EQ, k32);
            FloatVector f34 = f27.blend(f17, m33.cast(F));
            IntVector k35 = IntVector.broadcast(I, 2);
            IntVector i36 = i30.and(k35);
            IntVector i37 = i36.lanewise(LSHL, 30);
            IntVector i38 = f34.reinterpretAsInts();
            IntVector i39 = i38.lanewise(XOR, i37);
            FloatVector f40 = i39.reinterpretAsFloats();
            FloatVector f41 = x.abs();
            FloatVector k42 = FloatVector.broadcast(F, 1048576.0f);
            VectorMask<Float> m43 = f41.compare(LE, k42);
            FloatVector k44 = FloatVector.broadcast(F, Float.NaN);
            k44.blend(f40, m43).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.cos(xs[xi + i]);
        }
    }

    static void pow(float[] xs, int xi, float[] ys, int yi, float[] out, int oi, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector x = FloatVector.fromArray(F, xs, xi + i);
            FloatVector y = FloatVector.fromArray(F, ys, yi + i);
            FloatVector f0 = x.abs();
            FloatVector k1 = FloatVector.broadcast(F, 1.1754944E-38f);
            VectorMask<Float> m2 = f0.compare(LT, k1);
            FloatVector k3 = FloatVector.broadcast(F, 8388608.0f);
            FloatVector f4 = f0.mul(k3);
            FloatVector f5 = f0.blend(f4, m2);
            IntVector i6 = f5.reinterpretAsInts();
            IntVector k7 = IntVector.broadcast(I, 1060439283);
            IntVector i8 = i6.sub(k7);
            IntVector i9 = i8.lanewise(ASHR, 23);
            IntVector i10 = i9.lanewise(LSHL, 23);
            IntVector i11 = i6.sub(i10);
            FloatVector f12 = i11.reinterpretAsFloats();
            FloatVector k13 = FloatVector.broadcast(F, 1.0f);
            FloatVector f14 = f12.sub(k13);
            IntVector k15 = IntVector.broadcast(I, 1262485504);
            IntVector i16 = i9.add(k15);
            FloatVector f17 = i16.reinterpretAsFloats();
            FloatVector k18 = FloatVector.broadcast(F, 1.2582935E7f);
            FloatVector k19 = FloatVector.broadcast(F, 1.2582912E7f);
            FloatVector f20 = k19.blend(k18, m2);
            FloatVector f21 = f17.sub(f20);
            FloatVector f22 = f14.mul(f14);
            FloatVector k23 = FloatVector.broadcast(F, 0.070376836f);
            FloatVector k24 = FloatVector.broadcast(F, -0.1151461f);
            FloatVector f25 = k23.fma(f14, k24);
            FloatVector k26 = FloatVector.broadcast(F, 0.116769984f);
            FloatVector f27 = f25.fma(f14, k26);
            FloatVector k28 = FloatVector.broadcast(F, -0.12420141f);
            FloatVector f29 = f27.fma(f14, k28);
            FloatVector k30 = FloatVector.broadcast(F, 0.14249323f);
            FloatVector f31 = f29.fma(f14, k30);
            FloatVector k32 = FloatVector.broadcast(F, -0.16668057f);
            FloatVector f33 = f31.fma(f14, k32);
            FloatVector k34 = FloatVector.broadcast(F, 0.20000714f);
            FloatVector f35 = f33.fma(f14, k34);
            FloatVector k36 = FloatVector.broadcast(F, -0.24999994f);
            FloatVector f37 = f35.fma(f14, k36);
            FloatVector k38 = FloatVector.broadcast(F, 0.3333333f);
            FloatVector f39 = f37.fma(f14, k38);
            FloatVector k40 = FloatVector.broadcast(F, 0.0f);
            FloatVector f41 = k40.sub(f22);
            FloatVector f42 = f14.fma(f14, f41);
            FloatVector f43 = f39.mul(f22);
            FloatVector f44 = f43.mul(f14);
            FloatVector k45 = FloatVector.broadcast(F, 0.5f);
            FloatVector f46 = f22.mul(k45);
            FloatVector f47 = f14.sub(f46);
            FloatVector f48 = f14.sub(f47);
            FloatVector f49 = f48.sub(f46);
            FloatVector k50 = FloatVector.broadcast(F, -0.5f);
            FloatVector f51 = f42.fma(k50, f49);
            FloatVector f52 = f51.add(f44);
            FloatVector k53 = FloatVector.broadcast(F, 0.6933594f);
            FloatVector f54 = f21.mul(k53);
            FloatVector f55 = f54.add(f47);
            FloatVector f56 = f55.sub(f54);
            FloatVector f57 = f47.sub(f56);
            FloatVector k58 = FloatVector.broadcast(F, -2.1219444E-4f);
            FloatVector f59 = f57.add(f52);
            FloatVector f60 = f21.fma(k58, f59);
            FloatVector f61 = f55.add(f60);
            FloatVector f62 = f61.sub(f55);
            FloatVector f63 = f60.sub(f62);
            VectorMask<Float> m64 = f0.compare(EQ, k40);
            FloatVector k65 = FloatVector.broadcast(F, Float.POSITIVE_INFINITY);
            VectorMask<Float> m66 = f0.compare(EQ, k65);
            FloatVector k67 = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
            FloatVector f68 = f61.blend(f0, m66);
            FloatVector f69 = f68.blend(k67, m64);
            VectorMask<Float> m70 = f0.compare(LE, k65);
            FloatVector k71 = FloatVector.broadcast(F, Float.NaN);
            FloatVector f72 = k71.blend(f69, m70);
            FloatVector f73 = y.mul(f72);
            FloatVector f74 = k40.sub(f73);
            FloatVector f75 = y.fma(f72, f74);
            FloatVector f76 = y.fma(f63, f75);
            FloatVector k77 = FloatVector.broadcast(F, -105.0f);
            VectorMask<Float> m78 = f73.compare(LT, k77);
            FloatVector f79 = f73.blend(k77, m78);
            FloatVector k80 = FloatVector.broadcast(F, 100.0f);
            VectorMask<Float> m81 = k80.compare(LT, f73);
            FloatVector f82 = f79.blend(k80, m81);
            VectorMask<Float> m83 = f82.compare(EQ, f73);
            FloatVector f84 = k40.blend(f76, m83);
            FloatVector k85 = FloatVector.broadcast(F, 1.442695f);
            FloatVector f86 = f82.fma(k85, k19);
            FloatVector f87 = f86.sub(k19);
            FloatVector k88 = FloatVector.broadcast(F, -0.6931472f);
            FloatVector f89 = f87.fma(k88, f82);
            FloatVector k90 = FloatVector.broadcast(F, 1.9046542E-9f);
            FloatVector f91 = f87.fma(k90, f89);
            FloatVector f92 = f91.add(f84);
            FloatVector k93 = FloatVector.broadcast(F, 1.9875691E-4f);
            FloatVector k94 = FloatVector.broadcast(F, 0.0013981999f);
            FloatVector f95 = k93.fma(f92, k94);
            FloatVector k96 = FloatVector.broadcast(F, 0.008333452f);
            FloatVector f97 = f95.fma(f92, k96);
            FloatVector k98 = FloatVector.broadcast(F, 0.041665796f);
            FloatVector f99 = f97.fma(f92, k98);
            FloatVector k100 = FloatVector.broadcast(F, 0.16666666f);
            FloatVector f101 = f99.fma(f92, k100);
            FloatVector f102 = f101.fma(f92, k45);
            FloatVector f103 = f92.mul(f92);
            FloatVector f104 = f102.fma(f103, f92);
            FloatVector f105 = f104.add(k13);
            IntVector i106 = f86.reinterpretAsInts();
            IntVector i107 = i106.sub(k15);
            IntVector i108 = i107.lanewise(ASHR, 1);
            IntVector i109 = i108.lanewise(LSHL, 23);
            IntVector k110 = IntVector.broadcast(I, 1065353216);
            IntVector i111 = i109.add(k110);
            FloatVector f112 = i111.reinterpretAsFloats();
            IntVector i113 = i107.sub(i108);
            IntVector i114 = i113.lanewise(LSHL, 23);
            IntVector i115 = i114.add(k110);
            FloatVector f116 = i115.reinterpretAsFloats();
            FloatVector f117 = f105.mul(f112);
            FloatVector f118 = f117.mul(f116);
            FloatVector f119 = y.abs();
            FloatVector f120 = f119.add(k3);
            VectorMask<Float> m121 = f119.compare(LT, k3);
            FloatVector f122 = f120.sub(k3);
            FloatVector f123 = f119.blend(f122, m121);
            FloatVector f124 = f119.blend(f120, m121);
            FloatVector k125 = FloatVector.broadcast(F, 1.6777216E7f);
            VectorMask<Float> m126 = f119.compare(LT, k125);
            FloatVector f127 = k40.blend(f124, m126);
            IntVector i128 = f127.reinterpretAsInts();
            IntVector k129 = IntVector.broadcast(I, 1);
            IntVector i130 = i128.and(k129);
            IntVector i131 = i130.lanewise(LSHL, 31);
            IntVector i132 = f118.reinterpretAsInts();
            IntVector i133 = x.reinterpretAsInts();
            IntVector i134 = i131.and(i133);
            IntVector i135 = i132.lanewise(XOR, i134);
            FloatVector f136 = i135.reinterpretAsFloats();
            VectorMask<Float> m137 = f123.compare(EQ, f119);
            VectorMask<Float> m138 = x.compare(LT, k40);
            FloatVector f139 = k71.blend(f118, m66);
            FloatVector f140 = f118.blend(f139, m138);
            FloatVector f141 = f140.blend(f136, m137);
            VectorMask<Float> m142 = y.compare(EQ, k40);
            f141.blend(k13, m142).intoArray(out, oi + i);
        }
        for (; i < n; i++) {
            out[oi + i] = Scalars.pow(xs[xi + i], ys[yi + i]);
        }
    }

    /// x = e to the power of x · `factor` + `term`, the inner part rounded once, for whole groups of 16 elements; how many
    /// these are. Their sums by `lanes` as in [Rows].
    static int weights(float[] xs, int xi, int n, float factor, float term, float[] lanes) {
        FloatVector factors = FloatVector.broadcast(F, factor);
        FloatVector terms = FloatVector.broadcast(F, term);
        int end = n / 16 * 16;
        for (int lane = 0; lane < 16; lane += L) {
            FloatVector sum = FloatVector.zero(F);
            for (int i = lane; i < end; i += 16) {
                FloatVector x = FloatVector.fromArray(F, xs, xi + i).fma(factors, terms);
                FloatVector k0 = FloatVector.broadcast(F, -105.0f);
                VectorMask<Float> m1 = x.compare(LT, k0);
                FloatVector f2 = x.blend(k0, m1);
                FloatVector k3 = FloatVector.broadcast(F, 100.0f);
                VectorMask<Float> m4 = k3.compare(LT, x);
                FloatVector f5 = f2.blend(k3, m4);
                FloatVector k6 = FloatVector.broadcast(F, 1.442695f);
                FloatVector k7 = FloatVector.broadcast(F, 1.2582912E7f);
                FloatVector f8 = f5.fma(k6, k7);
                FloatVector f9 = f8.sub(k7);
                FloatVector k10 = FloatVector.broadcast(F, -0.6931472f);
                FloatVector f11 = f9.fma(k10, f5);
                FloatVector k12 = FloatVector.broadcast(F, 1.9046542E-9f);
                FloatVector f13 = f9.fma(k12, f11);
                FloatVector k14 = FloatVector.broadcast(F, 1.9875691E-4f);
                FloatVector k15 = FloatVector.broadcast(F, 0.0013981999f);
                FloatVector f16 = k14.fma(f13, k15);
                FloatVector k17 = FloatVector.broadcast(F, 0.008333452f);
                FloatVector f18 = f16.fma(f13, k17);
                FloatVector k19 = FloatVector.broadcast(F, 0.041665796f);
                FloatVector f20 = f18.fma(f13, k19);
                FloatVector k21 = FloatVector.broadcast(F, 0.16666666f);
                FloatVector f22 = f20.fma(f13, k21);
                FloatVector k23 = FloatVector.broadcast(F, 0.5f);
                FloatVector f24 = f22.fma(f13, k23);
                FloatVector f25 = f13.mul(f13);
                FloatVector f26 = f24.fma(f25, f13);
                FloatVector k27 = FloatVector.broadcast(F, 1.0f);
                FloatVector f28 = f26.add(k27);
                IntVector i29 = f8.reinterpretAsInts();
                IntVector k30 = IntVector.broadcast(I, 1262485504);
                IntVector i31 = i29.sub(k30);
                IntVector i32 = i31.lanewise(ASHR, 1);
                IntVector i33 = i32.lanewise(LSHL, 23);
                IntVector k34 = IntVector.broadcast(I, 1065353216);
                IntVector i35 = i33.add(k34);
                FloatVector f36 = i35.reinterpretAsFloats();
                IntVector i37 = i31.sub(i32);
                IntVector i38 = i37.lanewise(LSHL, 23);
                IntVector i39 = i38.add(k34);
                FloatVector f40 = i39.reinterpretAsFloats();
                FloatVector f41 = f28.mul(f36);
                FloatVector e = f41.mul(f40);
                e.intoArray(xs, xi + i);
                sum = sum.add(e);
            }
            sum.intoArray(lanes, lane);
        }
        return end;
    }
}
