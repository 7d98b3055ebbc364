package org.nnlang.kotlin

import org.nnlang.runtime.model.Model
import org.nnlang.runtime.tensor.DType
import org.nnlang.runtime.tensor.Tensor

/** A vector of `f32`. */
public fun tensorOf(vararg elements: Float): Tensor = Tensor.of(elements, elements.size)

/** A vector of `i32`. */
public fun tensorOf(vararg elements: Int): Tensor = Tensor.of(elements, elements.size)

/** A matrix of `f32`, by its rows: `tensorOf(floatArrayOf(1f, 2f), floatArrayOf(3f, 4f))`. */
public fun tensorOf(vararg rows: FloatArray): Tensor {
    require(rows.isNotEmpty()) { "a matrix needs a row" }
    require(rows.all { it.size == rows[0].size }) { "the rows of a matrix are of one length, not ${rows.map { it.size }}" }
    return Tensor.of(FloatArray(rows.size * rows[0].size) { rows[it / rows[0].size][it % rows[0].size] }, rows.size, rows[0].size)
}

/** An `f32` tensor whose elements are computed from their indices: `tensor(2, 3) { (i, j) -> i + 0.1f * j }`. */
public fun tensor(vararg shape: Int, element: (IntArray) -> Float): Tensor {
    val index = IntArray(shape.size)
    val elements = FloatArray(Tensor.sizeOf(*shape)) { position ->
        var rest = position
        for (axis in shape.indices.reversed()) {
            index[axis] = rest % shape[axis]
            rest /= shape[axis]
        }
        element(index.copyOf())
    }
    return Tensor.of(elements, *shape)
}

/**
 * The element at an index for each dimension, `image[2, 3]`; negative ones count from the end. One index alone is a position in
 * row-major order.
 */
public operator fun Tensor.get(first: Int, second: Int, vararg more: Int): Float = get(position(intArrayOf(first, second, *more)))

/** What lies at an index of the first dimension: a matrix's row, a batch's example. Copied. */
public fun Tensor.row(index: Int): Tensor {
    require(rank() > 0) { "a scalar has no rows" }
    val shape = shape()
    val length = if (shape[0] == 0) 0 else size() / shape[0]
    val from = along(index, 0) * length
    val rest = shape.copyOfRange(1, shape.size)
    return if (dtype().isFloat) {
        Tensor.of(floats().copyOfRange(from, from + length), *rest)
    } else {
        Tensor.of(dtype(), ints().copyOfRange(from, from + length), *rest)
    }
}

/** What lies at each index of the first dimension. */
public val Tensor.rows: List<Tensor> get() = List(dim(0), ::row)

public operator fun Tensor.plus(other: Tensor): Tensor = both(other, "+") { a, b -> a + b }

public operator fun Tensor.minus(other: Tensor): Tensor = both(other, "-") { a, b -> a - b }

public operator fun Tensor.times(other: Tensor): Tensor = both(other, "*") { a, b -> a * b }

public operator fun Tensor.div(other: Tensor): Tensor = both(other, "/") { a, b -> a / b }

public operator fun Tensor.plus(other: Float): Tensor = each { it + other }

public operator fun Tensor.minus(other: Float): Tensor = each { it - other }

public operator fun Tensor.times(other: Float): Tensor = each { it * other }

public operator fun Tensor.div(other: Float): Tensor = each { it / other }

public operator fun Tensor.unaryMinus(): Tensor = each { -it }

/** The position of the greatest element in row-major order, the first of equals. */
public fun Tensor.argmax(): Int {
    require(size() > 0) { "a tensor without elements has no greatest one" }
    return (1..<size()).fold(0) { best, position -> if (get(position) > get(best)) position else best }
}

/** What the model makes of its inputs, by name. */
public fun Model.predict(vararg inputs: Pair<String, Tensor>): Map<String, Tensor> = predict(inputs.toMap())

/** What a model with one input and one output makes of it. */
public operator fun Model.invoke(input: Tensor): Tensor {
    val name = requireNotNull(inputs().keys.singleOrNull()) { "`${name()}` has the inputs ${inputs().keys}: name them in predict(…)" }
    requireNotNull(outputs().keys.singleOrNull()) { "`${name()}` has the outputs ${outputs().keys}: predict(…) gives them by name" }
    return predict(name to input).values.single()
}

private fun Tensor.position(index: IntArray): Int {
    require(index.size == rank()) { "a tensor of ${rank()} dimensions takes as many indices, not ${index.size}" }
    return index.indices.fold(0) { position, axis -> position * dim(axis) + along(index[axis], axis) }
}

private fun Tensor.along(index: Int, axis: Int): Int {
    val found = if (index < 0) index + dim(axis) else index
    if (found !in 0..<dim(axis)) {
        throw IndexOutOfBoundsException("index $index is outside of dimension $axis, which has ${dim(axis)} elements")
    }
    return found
}

private inline fun Tensor.each(element: (Float) -> Float): Tensor {
    require(dtype() == DType.F32) { "arithmetic needs f32, and this tensor is of ${dtype()}" }
    val from = floats()
    return Tensor.of(FloatArray(from.size) { element(from[it]) }, *shape())
}

private inline fun Tensor.both(other: Tensor, sign: String, element: (Float, Float) -> Float): Tensor {
    require(dtype() == DType.F32 && other.dtype() == DType.F32) { "`$sign` needs f32, and gets ${dtype()} and ${other.dtype()}" }
    require(shape().contentEquals(other.shape())) {
        "`$sign` needs tensors of one shape, and gets ${shape().contentToString()} and ${other.shape().contentToString()}"
    }
    val left = floats()
    val right = other.floats()
    return Tensor.of(FloatArray(left.size) { element(left[it], right[it]) }, *shape())
}
