package org.nnlang.kotlin

import org.nnlang.Fn
import org.nnlang.ModelDefinition
import org.nnlang.Program
import org.nnlang.Size
import org.nnlang.Term
import org.nnlang.Value
import org.nnlang.runtime.tensor.DType

/** Keeps the blocks of models apart: inside one, what belongs to another needs its name. */
@DslMarker
public annotation class NnDsl

/**
 * A model, written in Kotlin. Each layer takes what the one before it gives, beginning with the input; the block's value is the
 * model's output.
 *
 * ```kotlin
 * val digits = model("Digits") {
 *     val x = input("x", batch, 784)
 *     dense(128, relu)
 *     dropout(0.2)
 *     dense(10)
 * }
 * ```
 *
 * It is the model that its [text][ModelDefinition.source] declares. What the language checks, shapes above all, is found by
 * `digits.program().check()`.
 *
 * @param name begins with a capital letter
 * @param documentation in Markdown
 */
public fun model(name: String, documentation: String = "", block: ModelScope.() -> Value): ModelDefinition {
    val scope = ModelScope()
    val out = scope.block()
    val inputs = scope.inputs.toList()
    val outputs = scope.outputs
    val model = if (outputs.isEmpty()) ModelDefinition.of(name, inputs, out) else ModelDefinition.of(name, inputs, outputs)
    return model.documented(documentation)
}

/** The inside of a [model]. */
@NnDsl
public class ModelScope internal constructor() {
    internal val inputs: MutableList<Value> = mutableListOf()
    internal val outputs: MutableMap<String, Value> = linkedMapOf()
    private var current: Value? = null

    /** The number of examples at hand, which stays open. */
    public val batch: Size = Size.named("batch")

    /** A dimension that stays open, or is found from the sizes of inputs. */
    public fun size(name: String): Size = Size.named(name)

    /** A size that is a number. */
    public fun size(number: Int): Size = Size.of(number.toLong())

    /** A hyper-parameter of the model: [number], unless a training or a loader sets it. */
    public fun hyperparameter(name: String, number: Int): Size = Size.hyperparameter(name, number.toLong())

    /** An input of one open dimension and numbers: `input("x", batch, 784)`. The next layer takes it. */
    public fun input(name: String, first: Size, vararg more: Int, dtype: DType = DType.F32): Value =
        input(name, listOf(first) + more.map(::size), dtype)

    /** An input of two open dimensions and numbers: `input("xs", batch, time, 16)`. The next layer takes it. */
    public fun input(name: String, first: Size, second: Size, vararg more: Int, dtype: DType = DType.F32): Value =
        input(name, listOf(first, second) + more.map(::size), dtype)

    /** An input of any shape. The next layer takes it. */
    public fun input(name: String, shape: List<Size>, dtype: DType = DType.F32): Value {
        val input = Value.input(name, dtype, *shape.toTypedArray())
        inputs += input
        return flow(input)
    }

    /** Lets the next layer take this value. */
    public fun flow(value: Value): Value {
        current = value
        return value
    }

    /** Hands what the layers so far have made to one more, or to a function. */
    public fun add(fn: Fn): Value = add(fn, *emptyArray<Pair<String, Value?>>())

    /** The same, for something that takes more inputs, by their names; those that are null are left out. */
    public fun add(fn: Fn, vararg more: Pair<String, Value?>): Value {
        val value = checkNotNull(current) { "there is nothing for `$fn` to take yet: begin with input(\"x\", …)" }
        val named = more.mapNotNull { (name, given) -> given?.let { name to it } }.toMap()
        return flow(if (named.isEmpty()) value.then(fn) else fn.call(listOf(value), named))
    }

    /** Several outputs, by the names under which `predict` gives them. Stands at the end of the block. */
    public fun outputs(vararg named: Pair<String, Value>): Value {
        require(named.isNotEmpty()) { "outputs() needs an output" }
        outputs += named
        return named.last().second
    }
}

/** A function written in Kotlin, for layers that take one: `residual(function { x -> x.then(LayerNorm()).then(Dense(64)) })`. */
public fun function(body: (Value) -> Value): Fn = Fn.of(body)

/** What makes the layer of a number, for layers that take several: `stacked(2, layers { LSTM(64) })`. */
public fun layers(make: (Term) -> Fn): Fn = Fn.of(1) { make(it.first()) }

/** A function on what follows: `relu(x)`, `Dense(64)(x)`. */
public operator fun Fn.invoke(input: Value, vararg more: Value): Value = call(input, *more)

/** A layer or function behind another, as one: `Dense(64) then relu`. */
public infix fun Fn.then(next: Fn): Fn = Fn.of { x -> x.then(this).then(next) }

/** The matrix product. */
public infix fun Value.matmul(other: Value): Value = this.matmul(other)

public operator fun Number.plus(value: Value): Value = Value.constant(this).plus(value)

public operator fun Number.minus(value: Value): Value = Value.constant(this).minus(value)

public operator fun Number.times(value: Value): Value = Value.constant(this).times(value)

public operator fun Number.div(value: Value): Value = Value.constant(this).div(value)

public operator fun Int.plus(size: Size): Size = size.plus(toLong())

public operator fun Int.times(size: Size): Size = size.times(toLong())

/** A part of a result that has several, by its name: `run["out"]`. */
public operator fun Value.get(part: String): Value = part(part)

/** Along the last dimension. */
public fun concat(vararg values: Value, axis: Int = -1): Value = Value.concat(axis, *values)

/** The program that holds this model and what [rest] says in the language: a `train`, or `test`s. */
public operator fun ModelDefinition.plus(rest: String): Program = program(rest)
