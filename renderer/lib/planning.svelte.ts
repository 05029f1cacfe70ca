/** The sites that a window is being planned for; the page shows its dialog above any screen. */
class Planning {
  /** Keys of sites. */
  sites: readonly string[] | undefined = $state.raw();

  begin(sites: readonly string[]): void {
    this.sites = sites;
  }

  end(): void {
    this.sites = undefined;
  }
}

export const planning = new Planning();
