package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.runtime.program.Extent;

/// The numbers of a program that depend on sizes, each kept once.
final class Extents {
    private final Map<String, Integer> symbols = new LinkedHashMap<>();
    private final Map<Key, Integer> indices = new LinkedHashMap<>();
    private final List<Extent> extents = new ArrayList<>();

    private record Key(int buffer, Dim dim) {}

    int of(Dim dim) {
        return of(-1, dim);
    }

    int of(long value) {
        return of(Dim.of(value));
    }

    /// `dim` elements from where a buffer begins; a buffer of -1 begins at 0.
    int of(int buffer, Dim dim) {
        return indices.computeIfAbsent(new Key(buffer, dim), _ -> {
            extents.add(new Extent(buffer, dim.monomials().stream().map(this::term).toList()));
            return extents.size() - 1;
        });
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
