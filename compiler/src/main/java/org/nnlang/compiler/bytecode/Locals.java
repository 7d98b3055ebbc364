package org.nnlang.compiler.bytecode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Local variables by what they hold. To ask for one that was never made is a mistake of the emitter.
final class Locals<K extends Comparable<K>> {
    private final Map<K, MethodCode.Local> locals = new HashMap<>();

    void put(K held, MethodCode.Local local) {
        locals.put(held, local);
    }

    MethodCode.Local get(K held) {
        MethodCode.Local local = locals.get(held);
        if (local == null) {
            throw new IllegalStateException("no local variable holds " + held);
        }
        return local;
    }

    boolean contains(K held) {
        return locals.containsKey(held);
    }

    /// What is held, in order.
    List<K> held() {
        return locals.keySet().stream().sorted().toList();
    }
}
