/* The compiler's own: GCC. */
#ifndef TOOL_DEFS_H
#define TOOL_DEFS_H
#ifndef Inline
#define Inline static __inline__
#endif
#ifndef throw
#ifndef __cplusplus
#define throw()
#endif
#endif
#endif
