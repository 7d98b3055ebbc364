package org.nnlang.cli.repl;

import java.util.List;
import java.util.Map;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.diagnostic.Severity;
import org.nnlang.compiler.lower.EntryProgram.Answer;
import org.nnlang.compiler.lower.EntryProgram.Computed;
import org.nnlang.compiler.lower.EntryProgram.Known;
import org.nnlang.compiler.lower.EntryProgram.Several;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingListener;

/// Where a session speaks to.
public interface Output {
    /// A line, or several.
    void line(String text);

    /// Whether to write colours.
    boolean colored();

    /// Shows how a training goes.
    TrainingListener training();

    /// Tells why an entry was not carried out, or which test failed.
    default void refusal(String text) {
        line(text);
    }

    /// Tells what is to be said about an entry; mistakes keep it from being carried out, warnings do not.
    default void mistakes(List<Diagnostic> diagnostics) {
        String text = new HumanRenderer(colored()).render(diagnostics).stripTrailing();
        if (diagnostics.stream().anyMatch(diagnostic -> diagnostic.severity() == Severity.ERROR)) {
            refusal(text);
        } else {
            line(text);
        }
    }

    /// Tells what went wrong while an entry was carried out.
    default void failure(NnException problem) {
        refusal("error[" + problem.code() + "]: " + problem.getMessage()
                + (problem.help().isEmpty() ? "" : "\nhelp: " + problem.help()));
    }

    /// Shows a value.
    ///
    /// @param label its name, or empty
    /// @param outputs the tensors that were computed
    default void answer(String label, Answer answer, Map<String, Tensor> outputs) {
        answer("", label, answer, outputs);
    }

    private void answer(String indent, String label, Answer answer, Map<String, Tensor> outputs) {
        String head = indent + (label.isEmpty() ? answer.type() : label + ": " + answer.type());
        switch (answer) {
            case Known known -> line(known.text().isEmpty() ? head : head + " = " + known.text());
            case Computed computed -> {
                Tensor tensor = outputs.get(computed.output());
                String text = tensor == null ? ""
                        : colored() && TerminalPicture.isImage(tensor) ? TerminalPicture.of(tensor, true)
                        : TensorText.of(tensor);
                line(text.isEmpty()
                        ? head
                        : text.contains("\n")
                                ? head + " =\n" + indent + text.replace("\n", "\n" + indent)
                        : head + " = " + text);
            }
            case Several several -> {
                line(head);
                for (int i = 0; i < several.parts().size(); i++) {
                    String name = several.names().get(i);
                    answer(indent + "  ", name.isEmpty() ? "[" + i + "]" : name, several.parts().get(i), outputs);
                }
            }
        }
    }
}
