"""The words by which the name of a person is told from that of an organisation. All folded (`mappings.analysis.fold`).

Collected from the author lines of the library, from 2,000 records of a university library, and from the names of
British charities, research bodies and government departments. A word that is also a common surname or forename
(Church, Young, Hope, Christian) is in none of the lists for organisations.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# One of these makes a name that of an organisation.
ORGANISATION_WORDS: Final = _words(
    """
    academy agency alliance appg assembly associates association authority board bureau campaign center centre centres
    charities charity cic coalition collective college commission committee community company conference congress
    consortium consultancy consulting cooperative co-operative corporation council councils department dept
    directorate embassy faculty federation firm forum foundation fund gallery government group hospital hub inc
    initiative institute institutes institution inquiry laboratory league library limited llc llp ltd ministry museum
    network networks nhs observatory office orchestra organisation organization panel parliament parliamentary
    partners partnership party plc police programme project publishers roundtable school schools secretariat service
    services society societies studios symposium task-force taskforce team trust trusts union unit universities
    university workshop akademie bibliotheek biblioteca bibliotheque centrum centro comite commissione consejo
    consiglio escola escuela facultad federazione fondation fondazione fundacao fundacion gesellschaft institut
    instituto istituto ministere ministerio ministero musee museo rada schule scuola societa societe sociedad stiftung
    uniwersytet universidad universidade universita universitat universite universitet universiteit verein vereniging
    verlag
    """
)

# The beginning of a name such as "University of Kent" or "Department for Education".
ORGANISATION_HEADS: Final = _words(
    """
    academy agency alliance association bureau campaign center centre church college commission committee council
    department dept faculty federation foundation institute institution league library ministry museum network office
    organisation organization school society trust union university
    """
)

# Ordinary words of organisations' and projects' names. With one of these a name is not safely a person's.
DOUBTFUL_WORDS: Final = _words(
    """
    action advice african aid alert american archbishop asian asylum bank belief belonging britain british buddhist
    change chief children childrens cities citizen citizens city civic climate cohesion comic commissioner
    common commons communities connected connection consultants culture cultural data democracy development dialogue
    digital director directors diversity economic economics economy education england english environment equalities
    equality equity ethnicity eu europe european exchange executive fact faith faiths families family football
    foresight future futures gender geosciences global good governor great greater groups health heritage hindu house
    housing human humanist icoco impact inclusion innovation integration inter interfaith international irish islamic
    jewish labour learning local lottery matters mayor media members memorial men men's migrant migrants migration
    minds minorities minority minister monitor movement museums muslim muslims national near neighbours network news
    northern ombudsman opportunity participation peace people people's peoples philanthropy places policy political
    politics poverty presbyterian president press productions public publications publishing race racial refugee
    refugees regional relief religion religious republic research resources rights royal rural scottish secretary
    services sikh skills social solutions southern sport sports state strategy studies sustainable systems talk
    theatre thinking together uk un unesco united urban us usa voice voices voluntary volunteering volunteers welfare
    welsh western women women's womens workers working world youth
    """
)

# Holders of an office: neither a person's name nor an organisation's.
OFFICE_WORDS: Final = _words(
    "archbishop bishop chair chancellor chief commissioner director governor head king mayor minister ombudsman pope "
    "president queen rapporteur secretary speaker"
)

# Small words that stand inside the names of organisations ("Talk for a Change"), and never in a person's.
FUNCTION_WORDS: Final = _words("a about against at beyond for from in into not of on our the to with")

# Small words that stand inside the names of persons.
PARTICLES: Final = _words(
    "ab abu af al ap ap' ben bin bint da dal das de degli dei del della den der des di do dos du e el i ibn la las le "
    "los mac op st te ten ter 't van ver vom von y zu zum zur"
)

# Left out of the name by which a person is found. Honours (Dame, Sir, Lord, Baroness) and Rabbi, Imam, Canon and the
# like stay: that is how their bearers are known.
TITLES: Final = _words(
    "prof prof. professor dr dr. doctor mr mr. mrs mrs. ms ms. miss mx mx. rev rev. revd revd. reverend cllr cllr. "
    "councillor emeritus assoc assoc. associate assistant"
)

# These stay in the name, and tell that it is a person's.
HONOURS: Final = _words("baron baroness canon dame father imam lady lord rabbi sheikh sir sister")

# What follows a name and is left out of it. Compared as written, without full stops: "Ma" is a name, "MA" a degree.
DEGREES: Final = frozenset(
    """
    AM BA BAHons BEd BEng BSc BScHons CB CBE CH CMG CPsychol CVO DBE DCB DD DL DLitt DPhil DSc EdD EdM EngD FAcSS FBA
    FBPsS FRS FRSA FRSE GBE JD JP KBE KC KCB KCMG LLB LLD LLM MA MBA MBE MBBS MD MDiv MEd MFA MP MPA MPH MPhil MPP
    MRes MS MSc MSP MSt MSW OBE PGCE PGDip PhD PsyD QC RN ScD ThD
    """.split()
)

# What follows a name and is part of it.
SUFFIXES: Final = _words("jr jr. sr sr. ii iii iv junior senior")

# A capital inside a word after one of these is usual in surnames: McDonald, DuBois, O'Brien.
SURNAME_PREFIXES: Final = tuple("Mc Mac Abou Abu Al Ben Das De Del Della Di Du El Fitz La Le O St Van Vander".split())
