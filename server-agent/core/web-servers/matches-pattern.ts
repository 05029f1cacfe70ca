/** Whether an `include` with wildcards reads this file. */
export function matchesPattern(pattern: string, path: string): boolean {
  return globExpression(pattern).test(path);
}

/** As glob(7): no wildcard stands for a slash, nor for a dot at the beginning of a name. */
function globExpression(pattern: string): RegExp {
  const body = pattern.replace(
    /\\(.)|\*|\?|\[([!^]?)(\]?[^\]]*)\]|[.+^${}()|/[\]]/g,
    (whole, escaped: string | undefined, not: string | undefined, set: string | undefined, offset: number) => {
      const hidden = pattern[offset - 1] === "/" ? "(?!\\.)" : "";
      if (escaped !== undefined) return `\\u${escaped.charCodeAt(0).toString(16).padStart(4, "0")}`;
      if (whole === "*") return `${hidden}[^/]*`;
      if (whole === "?") return `${hidden}[^/]`;
      if (set !== undefined) return `${hidden}(?!/)[${not === "" ? "" : "^"}${set.replace(/[\]\\[]/g, "\\$&")}]`;
      return `\\${whole}`;
    },
  );
  return new RegExp(`^${body}$`, "s");
}
