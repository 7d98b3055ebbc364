package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Step;

/// The numbers of a program that depend on sizes, each kept once.
final class Extents {
    private final Map<String, Integer> symbols = new LinkedHashMap<>();
    private final Map<Key, Integer> indices = new LinkedHashMap<>();
    private final List<Extent> extents = new ArrayList<>();

    private record Key(int buffer, Dim dim, List<Location.Shift> shifts) {}

    int of(Dim dim) {
        return of(-1, dim);
    }

    int of(long value) {
        return of(Dim.of(value));
    }

    /// `dim` elements from where a buffer begins; a buffer of -1 begins at 0.
    int of(int buffer, Dim dim) {
        return of(buffer, dim, List.of());
    }

    /// The same in the rounds of loops.
    int of(int buffer, Dim dim, List<Location.Shift> shifts) {
        var key = new Key(buffer, dim, shifts);
        var known = indices.get(key);
        if (known != null) {
            return known;
        }
        int index;
        if (shifts.isEmpty()) {
            index = add(new Extent(buffer, dim.monomials().stream().map(this::term).toList()));
        } else {
            int from = of(buffer, dim, shifts.subList(0, shifts.size() - 1));
            var last = shifts.getLast();
            int distance = of(last.distance());
            index = add(Extent.of(0));
            last.loop().add(new Step.Shift(index, from, distance, last.alternates()));
        }
        indices.put(key, index);
        return index;
    }

    private int add(Extent extent) {
        extents.add(extent);
        return extents.size() - 1;
    }

    List<Integer> all(List<Dim> dims) {
        return dims.stream().map(this::of).toList();
    }

    private Extent.Term term(Dim.Monomial monomial) {
        var numbers = monomial.symbols().stream()
                .map(symbol -> symbols.computeIfAbsent(symbol, _ -> symbols.size()))
                .toList();
        return new Extent.Term(monomial.numerator(), monomial.denominator(), numbers);
    }

    List<String> symbols() {
        return List.copyOf(symbols.keySet());
    }

    List<Extent> extents() {
        return extents;
    }
}
