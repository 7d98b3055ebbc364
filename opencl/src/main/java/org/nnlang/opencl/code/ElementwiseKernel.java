package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.List;

/// A loop in which every element stands for itself: a work item does one, or four neighbours.
final class ElementwiseKernel {
    private ElementwiseKernel() {}

    static Launch of(Space given, Target target) {
        Space space = given.merged(true);
        var body = new Body(space, Body.width(space));
        long columns = space.columns / body.width;
        long items = space.rows() * columns;
        int group = target.group();
        List<Argument> arguments = new ArrayList<>();
        String signature = body.signature(arguments, false, group);
        body.line("const uint at = get_global_id(0);");
        body.line("if (at >= " + items + "u) return;");
        if (space.outer.length == 0) {
            body.line("const int " + first(body) + " = at" + times(body) + ";");
        } else {
            body.line("const int " + first(body) + " = at % " + columns + "u" + times(body) + ";");
            body.line("const uint row = at / " + columns + "u;");
        }
        body.indices("row");
        body.bases();
        var phase = space.program.phases().getFirst();
        body.uniform(phase, (body.width == 4 ? "c0" : "c") + " == 0");
        body.elements(phase, new Body.Hooks("", ""));
        String source = signature + " {\n" + body.text + "}\n";
        return Launch.of(source, arguments, (items + group - 1) / group, group, 0);
    }

    private static String first(Body body) {
        return body.width == 4 ? "c0" : "c";
    }

    private static String times(Body body) {
        return body.width == 4 ? " * 4" : "";
    }
}
