package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.DiagnosticException;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;

/// The elaboration of one program (a `train`, a `model`, a `test`, or a declaration that is checked on its own): the
/// graph it builds, the variables it makes, and the parts that do the work, which all share it.
final class Elaboration {
    /// Declarations that call themselves must end by then.
    static final int DEPTH_LIMIT = 1000;

    /// How many calls are made, and how many rounds of loops, in all.
    private static final int WORK_LIMIT = 250_000;

    final Graph graph = new Graph();
    final Context context;
    final Diagnostics diagnostics;
    final Mode mode;
    final Types types;
    final NameTable names = new NameTable();
    final Tensors tensors = new Tensors(graph);
    final Variables variables = new Variables(this);
    final Draws draws = new Draws(this);
    final Constants constants = new Constants(this);
    final Explain explain = new Explain(this);
    final Conversions conversions = new Conversions(this);
    final Operators operators = new Operators(this);
    final Slices slices = new Slices(this);
    final Members members = new Members(this);
    final Expressions expressions = new Expressions(this);
    final Scans scans = new Scans(this);
    final Inputs inputs = new Inputs(this);
    final Results results = new Results(this);
    final Calls calls = new Calls(this);
    final KernelCalls kernels = new KernelCalls(this);
    final Statements statements = new Statements(this);
    final Minimization minimization = new Minimization(this);
    final Differentiation differentiation = new Differentiation(this);
    final OptimizerSteps optimizers = new OptimizerSteps(this);
    final Observations observations = new Observations();

    /// What must hold once the program is bound to its sizes.
    final List<Constraint> constraints = new ArrayList<>();

    /// The layers applied, each before those in it.
    final List<LayerUse> uses = new ArrayList<>();

    /// The models applied, by their full names.
    final Map<String, ModelUse> models = new LinkedHashMap<>();

    /// How many classes the data have, by the input that holds their labels.
    final Map<Node, Long> classes = new HashMap<>();

    /// What was called, so that the rest is checked on its own.
    final Set<Declaration> reached = new HashSet<>();

    /// Whether `training` is true now.
    boolean training;

    /// Whether a `validate` or a `test` of a `train` is being elaborated, which change no weights.
    boolean judging;

    /// Grows with everything that lasts: an update, a variable, a draw's place. A statement that leaves it alone and
    /// whose value nobody uses does nothing.
    int effects;

    /// Whether something could not be told, because of a mistake or because it is not supported: what seems to be
    /// missing from the program may only be unknown.
    boolean incomplete;

    /// Whether a declaration that nobody calls has no parameters but tensors: then what it does is known, but for sizes.
    boolean onlySizesUnknown;

    private final int earlier;
    private int frames;
    private int work;

    /// What an elaboration is for.
    enum Mode {
        /// To run: what a call needs is known, or it is an error.
        PROGRAM,
        /// A `test`: variables begin with their first values, and nothing is left over.
        TEST,
        /// To find mistakes in a declaration that nobody calls: its parameters are unknown.
        SYMBOLIC
    }

    Elaboration(Context context, Mode mode) {
        this.context = context;
        this.diagnostics = context.diagnostics();
        this.mode = mode;
        this.types = context.types();
        this.earlier = diagnostics.size();
        context.earlier().values().values().forEach(value -> names.reserve(value.name()));
    }

    boolean isSymbolic() {
        return mode == Mode.SYMBOLIC;
    }

    /// Whether there was a mistake: then something may be missing that a mistake kept from being made.
    boolean hasFailed() {
        return diagnostics.size() > earlier;
    }

    /// Whether a layer that seems not to be applied may be: by what only a call would tell, or by what a mistake kept from
    /// being read.
    boolean mayBeApplied() {
        return isSymbolic() && !onlySizesUnknown || incomplete || hasFailed();
    }

    /// Whether the program is whole. A program that is not, though nothing was said, is a mistake of the compiler's, and
    /// must not pass in silence.
    boolean isWhole(Span declared, String name) {
        if (incomplete && !diagnostics.hasErrors()) {
            diagnostics.add(Diagnostic.of(
                    Code.NO_VALUE,
                    declared,
                    "something in `" + name + "` has no value, and the compiler cannot say what"));
        }
        return !incomplete && !hasFailed();
    }

    /// The outermost call.
    Frame outermost(String what, @Nullable Owner owner, String path) {
        return new Frame(frames++, null, what, null, owner, List.of(), path, 0);
    }

    /// A call from `scope` at `site`.
    Frame frame(Scope scope, String what, Span site, @Nullable Owner owner, String path) {
        Frame caller = scope.frame();
        return new Frame(frames++, caller, what, site, owner, List.of(), path, caller.depth() + 1);
    }

    /// Counts a call or a round of a loop. A program within every other limit may still make no end of them: loops in loops,
    /// or a function that calls itself twice.
    ///
    /// @return whether there may be more; if not, that is reported once
    boolean proceed(Scope scope, Span place) {
        work++;
        if (work == WORK_LIMIT + 1) {
            report(
                    scope,
                    Diagnostic.of(
                            Code.TOO_LONG,
                            place,
                            "loops and calls are unrolled when compiling, at most " + WORK_LIMIT
                                    + " rounds and calls in all, and here are more")
                            .help(callsItself(scope.frame())
                                    ? "`" + scope.frame().what()
                                            + "` calls itself: let each call make one call at most, and carry along what"
                                            + " the others would compute again"
                                    : "tensors are computed whole: a loop over elements is an operation on tensors"));
        }
        if (work > WORK_LIMIT) {
            incomplete = true;
        }
        return work <= WORK_LIMIT;
    }

    private static boolean callsItself(Frame frame) {
        for (Frame at = frame.caller(); at != null; at = at.caller()) {
            if (at.what().equals(frame.what())) {
                return true;
            }
        }
        return false;
    }

    /// Carries out no more calls and loops: what comes after an endless recursion would be as deep again, as often as each of the
    /// thousand calls goes on.
    void giveUp() {
        work = WORK_LIMIT + 1;
        incomplete = true;
    }

    /// Numbers the calls of a body, once.
    void number(org.nnlang.compiler.syntax.Block body) {
        names.numbers().add(body);
    }

    /// An error in `scope`. In the standard library, which is right, the mistake is made by whoever calls it: the error
    /// moves to that call.
    DiagnosticException fail(Scope scope, Diagnostic diagnostic) {
        return new DiagnosticException(placed(scope, diagnostic));
    }

    /// Collects an error and goes on.
    void report(Scope scope, Diagnostic diagnostic) {
        diagnostics.add(placed(scope, diagnostic));
    }

    private Diagnostic placed(Scope scope, Diagnostic diagnostic) {
        SourceFile file = diagnostic.primary().file();
        if (!scope.module().isStandard() || file != scope.module().file()) {
            return withCallers(scope.frame(), diagnostic);
        }
        Frame frame = scope.frame();
        while (frame.callSite() != null && context.modules().isStandard(frame.callSite().file())) {
            frame = frame.caller() == null ? frame : frame.caller();
        }
        Span site = frame.callSite();
        if (site == null) {
            return diagnostic;
        }
        Diagnostic moved = Diagnostic.of(diagnostic.code(), site, diagnostic.message())
                .here("in this call of `" + frame.what() + "`");
        moved = moved.also(diagnostic.primary(),
                diagnostic.primaryLabel().isEmpty() ? "here" : diagnostic.primaryLabel());
        for (var label : diagnostic.labels()) {
            moved = moved.also(label.span(), label.text());
        }
        for (String note : diagnostic.notes()) {
            moved = moved.note(note);
        }
        moved = diagnostic.help() == null ? moved : moved.help(diagnostic.help());
        return frame.caller() == null ? moved : withCallers(frame.caller(), moved);
    }

    /// Says through which calls the place was reached: an error may lie in the arguments.
    private Diagnostic withCallers(Frame frame, Diagnostic diagnostic) {
        Diagnostic result = diagnostic;
        Frame at = frame;
        for (int shown = 0; at != null && shown < 2; at = at.caller()) {
            Span site = at.callSite();
            boolean made = isSymbolic() && site != null && site.text().equals(at.what());
            if (site != null && !made && !site.overlaps(diagnostic.primary())) {
                result = result.also(site, "in this call of `" + at.what() + "`");
                shown++;
            }
        }
        return result;
    }
}
