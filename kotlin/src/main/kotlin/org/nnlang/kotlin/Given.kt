package org.nnlang.kotlin

import org.nnlang.Fn
import org.nnlang.Value

/** Arguments for something of the standard library, in their order. Those that are as it has them by itself are left out. */
internal class Given private constructor(
    private val name: String,
    private val positional: List<Any>,
    private val named: Map<String, Any>,
    private val complete: Boolean,
) {
    constructor(name: String) : this(name, emptyList(), emptyMap(), true)

    fun with(parameter: String, value: Any): Given =
        if (complete) {
            Given(name, positional + value, named, true)
        } else {
            Given(name, positional, named + (parameter to value), false)
        }

    fun with(parameter: String, value: Any?, default: Any?): Given =
        if (value == null || value == default) Given(name, positional, named, false) else with(parameter, value)

    fun layer(): Fn = named.entries.fold(Fn.layer(name, *positional.toTypedArray())) { fn, (parameter, value) -> fn.with(parameter, value) }

    fun function(): Fn =
        named.entries.fold(Fn.configured(name, *positional.toTypedArray())) { fn, (parameter, value) -> fn.with(parameter, value) }

    fun value(): Value = Fn.named(name).call(positional, named)
}
