package org.nnlang.compiler.bytecode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.TreeMap;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.Textifier;
import org.objectweb.asm.util.TraceClassVisitor;

/// Class files as text. A class of its own: a verifier of the one that asks must not load what only people read.
final class ProgramListing {
    private ProgramListing() {}

    static String of(Map<String, byte[]> files) {
        var text = new StringWriter();
        new TreeMap<>(files).values().forEach(bytes -> new ClassReader(bytes)
                .accept(new TraceClassVisitor(null, new Textifier(), new PrintWriter(text)), 0));
        return text.toString();
    }
}
