/// A race: libraries run the same workload from the same initial weights, each in a process of its own, taking turns.
@NullMarked
package org.nnlang.benchmarks.race;

import org.jspecify.annotations.NullMarked;
