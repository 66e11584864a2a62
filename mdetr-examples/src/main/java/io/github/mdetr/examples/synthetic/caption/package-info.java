/** Captions, referring expressions and questions about scenes, with the objects that their words name. */
@NullMarked
package io.github.mdetr.examples.synthetic.caption;

import org.jspecify.annotations.NullMarked;
