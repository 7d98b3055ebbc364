package org.nnlang.opencl.code;

import java.util.List;
import org.nnlang.runtime.program.Step;

/// A tensor that a library kernel reads or writes, as text: element (i₀, i₁, …) lies at the kernel's argument `start` + Σ iₖ · strideₖ.
///
/// @param start the name of the argument that says where it begins
/// @param startsAligned whether that is a multiple of four elements, in every round
record Strided(Location place, String start, boolean startsAligned, int[] dims, int[] strides) {

    static Strided of(Step.Tensor tensor, String start, Layout layout) {
        return new Strided(
                layout.location(tensor.place()), start, layout.isAligned(tensor.place()), layout.all(tensor.dims()),
                layout.all(tensor.strides()));
    }

    /// The tensors of a call, called `o0`, `o1`, … as [OtherKernels#parameters] does.
    static Strided[] all(List<Step.Tensor> tensors, Layout layout) {
        var all = new Strided[tensors.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = of(tensors.get(i), "o" + i, layout);
        }
        return all;
    }

    String pointer() {
        return place.pointer();
    }

    /// The size of an axis; a negative one counts from the end.
    int dim(int axis) {
        return dims[axis < 0 ? dims.length + axis : axis];
    }

    /// The stride of an axis; a negative one counts from the end.
    int stride(int axis) {
        return strides[axis < 0 ? strides.length + axis : axis];
    }

    /// How many tensors of the last `inner` axes there are.
    long items(int inner) {
        long items = 1;
        for (int axis = 0; axis < dims.length - inner; axis++) {
            items *= dims[axis];
        }
        return items;
    }

    /// Where the tensor of the last `inner` axes begins that has this number.
    String item(String number, int inner) {
        var text = new StringBuilder(start);
        long after = 1;
        for (int axis = dims.length - inner - 1; axis >= 0; axis--) {
            if (dims[axis] > 1 && strides[axis] != 0) {
                String index = after == 1 ? number : number + " / " + after;
                text.append(" + ").append(axis == 0 ? index : "(" + index + ") % " + dims[axis]).append(" * ")
                        .append(strides[axis]);
            }
            after *= dims[axis];
        }
        return text.toString();
    }

    /// Whether four neighbours of a row can be read at once, wherever a row begins.
    boolean readsFours() {
        boolean aligned = startsAligned && stride(-1) == 1 && dim(-1) % 4 == 0;
        for (int axis = 0; axis < dims.length - 1; axis++) {
            aligned &= strides[axis] % 4 == 0 || dims[axis] == 1;
        }
        return aligned;
    }

    /// Four neighbours of a row from column `column` on, a multiple of four, as a float4; zeros where `guard` does not hold, or
    /// behind the row's end.
    String four(String item, String row, String column, String guard) {
        String at = item + " + (" + row + ") * " + stride(-2) + " + (" + column + ")" + (stride(-1) == 1
                ? ""
                : " * " + stride(-1));
        if (readsFours()) {
            return "(" + guard + " && " + column + " < " + dim(-1) + ") ? *(__global const float4*)&" + pointer() + "["
                    + at + "] : (float4)(0.0f)";
        }
        var text = new StringBuilder("(float4)(");
        for (int i = 0; i < 4; i++) {
            text.append(i == 0 ? "" : ", ").append("(").append(guard).append(" && ").append(column).append(" + ")
                    .append(i).append(" < ").append(dim(-1)).append(") ? ").append(pointer()).append("[").append(at)
                    .append(" + ").append(i * stride(-1)).append("] : 0.0f");
        }
        return text.append(")").toString();
    }
}
