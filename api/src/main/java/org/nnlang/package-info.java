/// The language in Java. [Program] loads a `.nn` file, checks it, trains it and gives its models; what it works with
/// are the [Tensor][org.nnlang.runtime.tensor.Tensor], the [Model][org.nnlang.runtime.model.Model], the
/// [Dataset][org.nnlang.runtime.data.Dataset] and the [TrainingListener][org.nnlang.runtime.train.TrainingListener] of
/// the runtime.
///
/// Two kinds of errors are thrown. A [ProgramException] is about the text of a program, and holds what is wrong with
/// it; an [NnException][org.nnlang.runtime.NnException] is about anything else that a user can mend: files, data,
/// checkpoints, inputs. Both have codes (`NN0203`) that `nn help CODE` and docs/errors explain.
@NullMarked
package org.nnlang;

import org.jspecify.annotations.NullMarked;
