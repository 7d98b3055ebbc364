package com.example

fun main() {
    val ends = Extremes.load().predict(Extremes.x(2f, 1f, 4f, 3f, 5f, 6f))
    println("${ends.low} ${ends.high}")
}
